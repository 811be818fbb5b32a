"""`python -m benchmarks.memory`: what a start adds to the memory of a process, step by step."""

import tracemalloc
from pathlib import Path

_MIB = 2**20


def resident() -> float:
    """Give the mebibytes that this process has in memory, as the system counts them."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    (kibibytes,) = (line.split()[1] for line in lines if line.startswith("VmRSS:"))
    return int(kibibytes) / 1024


def main() -> None:
    """Take the steps one by one, each with its mebibytes; then load the banks again to see what of that is objects."""
    steps = [("Python", resident())]
    import discord  # noqa: PLC0415 - each step is looked at by itself

    steps.append((f"discord.py {discord.__version__}", resident()))
    from bot import app  # noqa: PLC0415 - as above

    steps.append(("the bot's modules and what they import", resident()))
    shelves = app.load_shelves([app.shipped_content()])
    items = sum(len(list(shelf.bank.items())) for shelf in shelves)
    steps.append((f"banks of {items} items", resident()))
    before = 0.0
    for name, now in steps:
        print(f"{now - before:8.1f} {now:8.1f} {name}")  # noqa: T201 - whoever started this process reads it
        before = now
    tracemalloc.start()
    again = app.load_shelves([app.shipped_content()])
    kept, most = tracemalloc.get_traced_memory()
    print(f"Of the banks {kept / _MIB:.1f} are objects that stay; while {len(again)} load it is {most / _MIB:.1f}.")  # noqa: T201 - as above


if __name__ == "__main__":
    main()
