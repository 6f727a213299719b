# SPDX-License-Identifier: GPL-3.0-or-later
"""The one way in which two works are compared: in turns, so that a machine that is busy for a while slows both."""
import statistics
import time


def timed(work):
    """A work that returns nothing, as one that returns its seconds."""
    def run():
        start = time.perf_counter()
        work()
        return time.perf_counter() - start
    return run


def in_turns(works, rounds):
    """Seconds of every round by name; `works` are functions that return seconds. The first round warms up and is left out."""
    times = {name: [] for name in works}
    for number in range(rounds + 1):
        for name, work in works.items():
            seconds = work()
            if number > 0:
                times[name].append(seconds)
    return times


def ratio(times, peer, ours):
    """How often `ours` goes into `peer`, round by round: median, smallest and largest."""
    ratios = [a / b for a, b in zip(times[peer], times[ours])]
    return statistics.median(ratios), min(ratios), max(ratios)


def ratio_text(times, peer, ours):
    middle, least, most = ratio(times, peer, ours)
    return f"{middle:.2f}x ({least:.2f} to {most:.2f} in {len(times[ours])} rounds)"
