"""Keeps the benchmark report small, and free of what tells whose machine it was."""

CPU = ("arch", "brand_raw", "count", "python_version")


def pytest_benchmark_update_machine_info(machine_info):
    """Leave out the names of the machine and of its kernel."""
    for name in ("node", "release"):
        machine_info.pop(name, None)
    machine_info["cpu"] = {n: v for n, v in machine_info["cpu"].items() if n in CPU}


def pytest_benchmark_update_json(output_json):
    """Leave out the raw samples; the figures that sum them up stay."""
    for benchmark in output_json["benchmarks"]:
        benchmark["stats"].pop("data", None)
