# 2025-11-21 16:00: the registers of the week
milegate risk add "Redis 7 is not there in time" --severity High --impact "5.3 cannot be tested" --mitigation "Test with a container until then" --owner alice --status Mitigating --since "2025-11-17 09:30"
milegate risk add "Broadcasts slow down with the number of clients" --severity Medium --impact "Screens lag behind" --mitigation "Benchmark with 200 clients on each change" --owner bob --since "2025-11-18 14:00"
milegate risk resolve Redis --resolution "Operations installed it" --lessons-learned "Ask before the milestone begins"
milegate debt add "The event log has no index" --impact "Slow | long reads" --priority High --planned-resolution "Milestone 5.3" --since "2025-11-19 16:20"
milegate debt add "SQL columns are put in by f-string" --impact "Linters warn" --priority Low --planned-resolution "Milestone 5.2" --since "2025-11-20 10:05"
milegate debt resolve TD-002 --resolution "bound parameters"
milegate blocker add 5.2 "No access to the test database" --plan "operations grants it" --kind dependency --since "2025-11-21 08:15"
milegate blocker add 5.2 "Two repositories lock each other" --plan "one order of locks" --since "2025-11-21 11:40"
milegate need add "A test machine with PostgreSQL 15" --due 2025-11-28 --since "2025-11-20 09:00"
milegate dependency add external "Grafana 12 for the dashboards" --since "2025-11-18 10:00"
milegate dependency resolve PostgreSQL
milegate change add "Caching moved behind the repositories" --kind Scope --reason "The repositories decide what is cached" --impact "5.2 and 5.3" --approval alice --since 2025-11-19
milegate next 5.1 --estimate 2025-12-05 --owner alice
milegate next 5.2 --estimate 2025-12-19 --owner "bob: the repositories" --owner "alice: reviews"
git commit -qam "Keep the registers"

# 2025-11-21 17:00: the day, from a file, and the week
milegate log day --date 2025-11-21 --as alice --milestone 5.1 --from day.toml
milegate log week --week 2025-11-21 --as alice --achievement "The pool holds under 20 threads" --blocker 5.2/1 --eta 2025-11-25 --goal "Show the order flow to operations"
git add .milegate PHASE_5_PROGRESS_LOG.md && git commit -qm "Write the log"

# 2025-11-24 09:00: the standup
milegate standup --as alice --date 2025-11-24 --output-format markdown >STANDUP.md

# 2025-11-24 16:00: the milestone is completed
milegate blocker resolve 5.2/2 --resolution "sorted by id"
milegate status --write
git commit -qam "Bring the status up to date"
milegate approve code --as bob --milestone 5.1 -m "reads well"
milegate approve architecture --as bob --milestone 5.1 -m "as designed"
milegate approve security --as bob --milestone 5.1 -m "parameters are bound"
milegate approve performance --as bob --milestone 5.1 -m "targets met"
milegate complete 5.1 --yes
