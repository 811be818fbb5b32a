"""Every benchmark, in the order of the table; a module of benchmarks has its line here."""

from importlib import import_module

from benchmarks.benchmark import Benchmark

# Ratios measured together stand together, by the module that measures them. The modules are imported only when run:
# each measurement has a process of its own, on which what the others need must not weigh.
_MEASURED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("benchmarks.reactions", ("reaction_vs_floor", "hot_message_vs_floor", "unrelated_vs_floor")),
    ("benchmarks.throughput", ("reaction_vs_naive",)),
    ("benchmarks.latency", ("steady_p99",)),
    ("benchmarks.kills", ("kill_flood",)),
    ("benchmarks.wave", ("post_wave",)),
    ("benchmarks.boards", ("board_growth", "rank_growth", "board_vs_group_by")),
    ("benchmarks.ticks", ("tick_growth",)),
    ("benchmarks.closing", ("close_vs_floor",)),
    ("benchmarks.banks", ("bank_vs_parse",)),
    ("benchmarks.start", ("rss_vs_minimal", "start_vs_minimal")),
)


def groups(wanted: frozenset[str] = frozenset()) -> list[tuple[str, ...]]:
    """List the names of the ratios, those measured together in one group; only groups with a wanted one, if any is.

    Raises:
        LookupError: a wanted name is none of them; the text lists all.
    """
    known = [name for _, names in _MEASURED for name in names]
    if strange := sorted(wanted - set(known)):
        raise LookupError(f"no benchmark is called {', '.join(strange)}; there are {', '.join(known)}")
    return [names for _, names in _MEASURED if not wanted or wanted & set(names)]


def find(name: str) -> Benchmark:
    """Give the benchmark that measures a ratio.

    Raises:
        LookupError: the module does not measure what is said of it here.
    """
    module, names = next((module, names) for module, names in _MEASURED if name in names)
    for benchmark in import_module(module).BENCHMARKS:
        if benchmark.names == names:
            found: Benchmark = benchmark
            return found
    raise LookupError(f"{module} has no benchmark that measures just {', '.join(names)}")
