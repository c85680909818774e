"""Whether answers of several classes can be told apart: by their bytes, or by the time that they took.

Times are compared by Welch's t, each pair of classes, of all times and of those below some quantiles: the long tail of a
busy machine hides what a difference of a few microseconds would show.
"""

import itertools
import random
import time

T_LIMIT = 4.5
QUANTILES = (1.0, 0.99, 0.9, 0.5)
WARM_UP = 0.02  # of all answers: not compared


def likeness(response, handles=()):
    """What must be the same in all answers: status, the fields but for the date, the body. What is random in them by
    purpose is masked, each character of it, so that its length counts. handles: patterns whose group 1 is random."""

    def masked(text):
        for handle in handles:
            text = handle.sub(lambda found: found.group(0).replace(found.group(1), "*" * len(found.group(1))), text)
        return text

    fields = tuple((name, masked(value)) for name, value in response.headers if name != "Date")
    return response.status, fields, masked(response.body.decode("latin-1"))


def mean_and_variance(values):
    """Variance of the mean."""
    count = len(values)
    mean = sum(values) / count
    return mean, sum((value - mean) ** 2 for value in values) / (count - 1) / count


class Comparison:
    """Answers of classes {name: ask}, asked for in random order; ask() prepares one request and gives back how it is
    sent: send() -> (likeness). The machine's load is a noise that all classes share."""

    def __init__(self, classes, rng=random):
        self.classes = list(classes.items())
        self.random = rng
        self.samples = []  # (class, seconds)
        self.likenesses = {}  # how it looks: the classes that looked so

    def ask(self, count, goes_on=lambda: True):
        """How many were asked."""
        for asked in range(count):
            if not goes_on():
                return asked
            name, prepare = self.random.choice(self.classes)
            send = prepare()
            begun = time.perf_counter()
            response = send()
            took = time.perf_counter() - begun
            self.samples.append((name, took))
            self.likenesses.setdefault(send.looks(response), set()).add(name)
        return count

    def times(self):
        """{(class, class, quantile): (t, difference of the means in microseconds)}"""
        samples = self.samples[int(len(self.samples) * WARM_UP) :]
        ordered = sorted(seconds for _, seconds in samples)
        out = {}
        for quantile in QUANTILES:
            limit = ordered[int(quantile * (len(ordered) - 1))]
            kept = {name: [s for which, s in samples if which == name and s <= limit] for name, _ in self.classes}
            told = {name: mean_and_variance(values) for name, values in kept.items() if len(values) > 1}
            for first, second in itertools.combinations(told, 2):
                error = (told[first][1] + told[second][1]) ** 0.5
                difference = told[first][0] - told[second][0]
                out[first, second, quantile] = (difference / error if error else 0.0, difference * 1e6)
        return out

    def resolution_us(self, quantile=0.9):
        """The smallest difference of means that would have been told, in microseconds."""
        of_quantile = [(t, us) for (_, _, q), (t, us) in self.times().items() if q == quantile and t]
        return round(max((abs(T_LIMIT * us / t) for t, us in of_quantile), default=0.0), 1)


def differing(times):
    """Pairs that differ; what is found twice, afresh, in the same direction, is no chance."""
    return {pair: told for pair, told in times.items() if abs(told[0]) >= T_LIMIT}


def found_again(first, second):
    again = differing(second)
    return {pair: told for pair, told in again.items() if pair in first and told[0] * first[pair][0] > 0}


def in_words(different):
    return [
        f"{first} and {second} below the quantile {quantile}: t = {t:.2f}, {us:.1f} us"
        for (first, second, quantile), (t, us) in different.items()
    ]


class Send:
    """One request, ready to leave on a connection."""

    def __init__(self, connection, data, handles=(), looks=None):
        self.connection, self.data, self.handles = connection, data, handles
        self.other_looks = looks

    def __call__(self):
        return self.connection.raw(self.data)

    def looks(self, response):
        return self.other_looks(response) if self.other_looks else likeness(response, self.handles)


def compare(work, name, classes, count, is_told=True):
    """One comparison of classes: bytes always, times where time may be judged, and then afresh before it is a loss. Half a
    comparison counts for nothing."""
    comparison = Comparison(classes, work.random)
    asked = comparison.ask(count, lambda: work.left_s() > 0)
    if len(comparison.likenesses) > 1:
        work.lose(f"{name}: answers differ: {[(sorted(who), how) for how, who in comparison.likenesses.items()]}"[:800])
    if asked < count or work.losses:
        return
    if not work.is_short:  # what depends on the machine's speed does not decide a test
        judge(work, name, comparison, is_told)
    work.try_(count)


def judge(work, name, comparison, is_told):
    times = comparison.times()
    different = differing(times)
    if different:
        work.say(f"{name}, once more: {'; '.join(in_words(different))}")
        afresh = Comparison(dict(comparison.classes), work.random)
        afresh.ask(len(comparison.samples))
        times, comparison = afresh.times(), afresh
        different = found_again(different, times)
    worst = round(max(abs(t) for t, _ in times.values()), 2)
    if worst > work.measured.get("worst_t", 0):
        work.measure(worst_t=worst, worst_of=name)
    if is_told:
        work.measure(**{name: f"|t| {worst:.1f} at most; {comparison.resolution_us()} us would be told"})
    if different:
        work.lose(f"{name}: {'; '.join(in_words(different))}"[:800])
