"""What a payment notice costs: ours beside a bare Typst compile of the same documents, on one core.

    python -m bench.bench_notices [--notices 1000] [--turns 3]

Every way runs in a process of its own with one Typst thread; the ways alternate and the medians are told, as a markdown
table. *Bare* gets the documents as finished JSON and only compiles them with one reused compiler; ours starts from the
notice: sums, glyphs, QR code, capitals. *Anew* is what plain `typst.compile` does for each file.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

import pylopdf_fonts_zh_cn
import typst

from backoffice.notices import Notice
from backoffice.notices.merge import bind
from backoffice.notices.render import TEMPLATE, Renderer, document_of
from tests.notices import electricity, notice, property_fee, rent, water

PINNED = 1_792_425_600
AIM = 90


def made_up(number: int) -> Notice:
    """The notice of one tenant: six lines whose figures are its own."""
    usage = Decimal(100 + number % 400)
    cost = str((usage * Decimal("0.8245")).quantize(Decimal("0.01")))
    return notice(
        (
            rent(f"{3000 + number}.00"),
            property_fee(),
            electricity(str(usage), cost, f"D-{number}-1"),
            electricity(str(usage), cost, f"D-{number}-2"),
            water(),
            water("0.25", "1.53"),
        ),
        number=f"JK-QY-202610-{number:04}",
        tenant_name=f"第{number}贸易有限公司",
        unit_no=f"{number // 20 + 1:02}{number % 20:02}",
        issued_on=date(2026, 10, 20),
    )


def documents(count: int) -> list[str]:
    made = (document_of(made_up(number)) | {"pages": 1, "first": 1} for number in range(count))
    return [json.dumps([document], ensure_ascii=False) for document in made]


def ours(count: int) -> Callable[[], Iterator[bytes]]:
    renderer = Renderer()
    renderer.render(made_up(count))  # loading fonts is paid once in a process
    return lambda: (renderer.render(made_up(number)) for number in range(count))


def bare(count: int) -> Callable[[], Iterator[bytes]]:
    folder = str(pylopdf_fonts_zh_cn.sans_path().parent)
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
    compiler = typst.Compiler(input=str(TEMPLATE), root=str(TEMPLATE.parent), font_paths=fonts)

    def compiled(document: str) -> bytes:
        return compiler.compile(format="pdf", sys_inputs={"notices": document}, timestamp=PINNED, pdf_tags=False)

    made = documents(count)
    compiled(documents(1)[0])
    return lambda: (compiled(document) for document in made)


def anew(count: int) -> Callable[[], Iterator[bytes]]:
    made = documents(count)
    folder = str(pylopdf_fonts_zh_cn.sans_path().parent)
    return lambda: (
        typst.compile(
            str(TEMPLATE),
            font_paths=[folder],
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"notices": document},
            timestamp=PINNED,
            pdf_tags=False,
        )
        for document in made
    )


def bound(count: int) -> Callable[[], Iterator[bytes]]:
    bind((made_up(number), 1) for number in range(1))
    return lambda: iter((bind((made_up(number), 1) for number in range(count)),))


#: (what the table calls it, the way, its share of the notices)
WAYS = (
    ("bare Typst, one compiler", bare, 1),
    ("ours, from the notice", ours, 1),
    ("ours, a tenth of them", ours, 10),
    ("bare Typst anew for each", anew, 20),
    ("half of them bound into one file", bound, 2),
    ("five times as many bound", bound, 0.2),
)


def measure(way: int, count: int) -> None:
    """Run one way once; print clock and CPU seconds, peak megabytes and bytes for the parent."""
    work = WAYS[way][1](count)
    clock, cpu = time.perf_counter(), time.process_time()
    sizes = [len(pdf) for pdf in work()]
    clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(clock, cpu, peak, statistics.mean(sizes))


def main() -> None:
    """Measure every way in turn and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notices", type=int, default=1_000)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--one", type=int, nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        measure(*asked.one)
        return
    told: dict[int, list[list[float]]] = {way: [] for way in range(len(WAYS))}
    for _ in range(asked.turns):
        for way, (_, _, share) in enumerate(WAYS):
            output = subprocess.run(
                [sys.executable, "-m", "bench.bench_notices", "--one", str(way), str(int(asked.notices / share))],
                check=True,
                capture_output=True,
                text=True,
                env=os.environ | {"RAYON_NUM_THREADS": "1"},
            ).stdout
            told[way].append([float(figure) for figure in output.split()])
    print(f"{asked.notices:,} notices of six lines, one page each, medians of {asked.turns}\n")
    print("| what | notices | per second | per CPU second | speed | peak MB | kB a file | aim |")
    print("|---|---:|---:|---:|---:|---:|---:|---|")
    first = None
    for way, (name, _, share) in enumerate(WAYS):
        count = int(asked.notices / share)
        clock, cpu, peak, size = (statistics.median(figures) for figures in zip(*told[way], strict=True))
        first = first or clock / count
        aim = f"≥ {AIM} a second" if name == "ours, from the notice" else ""
        print(
            f"| {name} | {count:,} | {count / clock:,.0f} | {count / cpu:,.0f} | {first * count / clock:.0%} |"
            f" {peak:,.0f} | {size / 1000:,.0f} | {aim} |"
        )


if __name__ == "__main__":
    main()
