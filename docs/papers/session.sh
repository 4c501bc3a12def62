milegate risk add "Redis 7 is not there in time" --severity High --impact "5.3 cannot be tested" --mitigation "Test with a container until then" --owner alice --status Mitigating --since "2025-11-17 09:30"
milegate risk add "Broadcasts slow down with the number of clients" --severity Medium --impact "Screens lag behind" --mitigation "Benchmark with 200 clients on each change" --owner bob --since "2025-11-18 14:00"
milegate risk resolve Redis --resolution "Operations installed it" --lessons-learned "Ask before the milestone begins"
milegate debt add "The event log has no index" --impact "Slow | long reads" --priority High --planned-resolution "Milestone 5.3" --since "2025-11-19 16:20"
milegate debt add "SQL columns are put in by f-string" --impact "Linters warn" --priority Low --planned-resolution "Milestone 5.2" --since "2025-11-20 10:05"
milegate debt resolve TD-002 --resolution "bound parameters"
milegate blocker add 5.2 "No access to the test database" --plan "operations grants it" --kind dependency --since "2025-11-21 08:15"
milegate blocker add 5.2 "Two repositories lock each other" --plan "one order of locks" --since "2025-11-21 11:40"
milegate blocker resolve 5.2/2 --resolution "sorted by id"
milegate need add "A test machine with PostgreSQL 15" --due 2025-11-28 --since "2025-11-20 09:00"
milegate dependency add external "Grafana 12 for the dashboards" --since "2025-11-18 10:00"
milegate dependency resolve PostgreSQL
milegate change add "Caching moved behind the repositories" --kind Scope --reason "The repositories decide what is cached" --impact "5.2 and 5.3" --approval alice --since 2025-11-19
milegate next 5.1 --estimate 2025-12-05 --owner alice
milegate next 5.2 --estimate 2025-12-19 --owner "bob: the repositories" --owner "alice: reviews"
milegate status --write
