"""Interleaved measurements: every round asks each server once, so that what else the machine does falls on all alike."""
import statistics

from rows import Row, show


def interleave(samplers, rounds):
    """`samplers`: name -> function giving a Sample. Each second round goes backwards. A first one is thrown away: it warms."""
    taken = {name: [] for name in samplers}
    for number in range(rounds + 1):
        order = list(samplers) if number % 2 == 0 else list(samplers)[::-1]
        for name in order:
            sample = samplers[name]()
            if number > 0:
                taken[name].append(sample)
    return taken


def median(samples):
    return statistics.median(sample.value for sample in samples)


def cost(samples):
    """Processor microseconds for each request, over all rounds; None when the load counted none."""
    count = sum(sample.count for sample in samples)
    return sum(sample.processor for sample in samples) / count * 1e6 if count else None


def compare(name, unit, samplers, rounds, limit, line, absent=None):
    """A row from interleaved samples; `limit` names the sampler that Berth's value is divided by, round by round."""
    taken = interleave(samplers, rounds)
    peers = {peer: median(samples) for peer, samples in taken.items() if peer != "Berth"} | (absent or {})
    ratios = [mine.value / theirs.value for mine, theirs in zip(taken["Berth"], taken[limit])] if limit else []
    costs = ", ".join(f"{peer} {show(cost(samples), 'µs')}" for peer, samples in taken.items() if samples[0].processor)
    memory = ", ".join(f"{peer} {show(max(sample.memory for sample in samples), 'B')}" for peer, samples in taken.items() if samples[0].memory)
    notes = [f"processor per request: {costs}; memory: {memory}"] if costs else []
    return Row(name, unit, median(taken["Berth"]), peers, limit or "", ratios, line, notes)
