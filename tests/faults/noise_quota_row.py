"""A partner that asks at 50 times its quota, and what the others feel of it.

Each try is a pair of rounds, with the flood and without it, one behind the other in random order. Both load the server
with the same questions of four partners at the same pace; p99 of their answers is compared, the median of all pairs is
what is measured. Requests are sealed before a round begins, and the flood is sent by a process of its own; that both
sides share one machine with the server is in the figure.

What decides in ctest is not the time: each of the others' questions is answered, the flood gets what its quota allows
and `quota` for the rest.
"""

import json
import multiprocessing
import shutil
import statistics
import threading
import time

from cut_load import Request, Stream
from cut_row import quantile, sign_up
from row import Row

from demo import Demo
from lindung_client import CHECK_IN, STATUS
from operator_socket import Operator

CITIZENS = 400
OTHERS = ("gojek", "grab", "dana", "tokopedia")
TIMES = 50
PER_MINUTE, SHORT_PER_MINUTE = 600, 240
ROUND_S, SHORT_ROUND_S = 3.0, 3.0  # long enough to use the quota up
OTHERS_A_SECOND = 160
FLOOD_CONNECTIONS = 8
TRIES = 50  # of a question whose outcome is unknown
WARM_UP = 40  # questions at the begin of a round that are not counted


def flood(address, requests, rate, ready, go, results):
    """A process: sends the requests at a steady pace over some connections, and tells what statuses came."""
    statuses, lock = {}, threading.Lock()
    mine = [requests[i::FLOOD_CONNECTIONS] for i in range(FLOOD_CONNECTIONS)]

    def send(i):
        stream = Stream(address)
        begin = time.monotonic()
        for n, data in enumerate(mine[i]):
            wait = begin + n * FLOOD_CONNECTIONS / rate - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            _, status, _ = stream.ask(data)
            with lock:
                statuses[status] = statuses.get(status, 0) + 1
        stream.close()

    threads = [threading.Thread(target=send, args=(i,)) for i in range(FLOOD_CONNECTIONS)]
    ready.set()
    go.wait()
    begin = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put((statuses, time.monotonic() - begin))


class Paced(threading.Thread):
    """One of the others: asks at its own pace, and notes how long each answer took."""

    def __init__(self, address, requests, rate):
        super().__init__(daemon=True)
        self.address, self.requests, self.rate = address, requests, rate
        self.took_ms, self.failure = [], None

    def run(self):
        try:
            stream = Stream(self.address)
            begin = time.monotonic()
            for n, request in enumerate(self.requests):
                time.sleep(max(0.0, begin + n / self.rate - time.monotonic()))
                sent = time.monotonic()
                for _ in range(TRIES):
                    _, status, body = stream.ask(request.data)
                    if status != 503:  # a machine that stood still: asked again, which is in the time
                        break
                self.took_ms.append((time.monotonic() - sent) * 1000)
                if status != 200:
                    raise AssertionError(f"{status} {json.loads(body)} to a partner within its quota")
            stream.close()
        except BaseException as error:  # noqa: BLE001: the row fails on it
            self.failure = error


class NoiseQuota(Row):
    name = "noise-quota"
    what = "one partner at 50 times its quota: it gets its quota, and the others are answered; their p99 with it and without"
    unit = "pairs"
    goal, short = 28, 1

    def run(self, work):
        server = Demo(work.folder / "d", CITIZENS)
        self.per_minute = SHORT_PER_MINUTE if work.is_short else PER_MINUTE
        try:
            server.start()
            with Operator(server.data) as operator:
                partner, self.links = sign_up(operator, work.random, server.file, "loud", per_minute=self.per_minute)
            server.strangers["loud"] = partner
            ratios, seconds = [], SHORT_ROUND_S if work.is_short else ROUND_S
            while work.goes_on():
                p99 = {}
                for is_loud in work.random.sample((True, False), 2):
                    p99[is_loud] = self.round(work, server, seconds, is_loud)
                ratios.append(p99[True] / p99[False])
                work.measure(
                    p99_ratio_median=round(statistics.median(ratios), 2),
                    p99_ratio_of_pairs=[round(ratio, 2) for ratio in ratios[-7:]],
                    p99_ms_with=round(p99[True], 2),
                    p99_ms_without=round(p99[False], 2),
                )
                work.try_()
            if server.stop() != 0:
                work.lose("the server did not end well")
        finally:
            server.kill()
            shutil.rmtree(server.data, ignore_errors=True)

    def others(self, server, seconds):
        count = round(OTHERS_A_SECOND * seconds / len(OTHERS)) + WARM_UP
        code = server.venues("office")[0][1]
        for name in OTHERS:
            links = [link for link, _ in server.people(name)]
            drafts = [server.asking(links[i % len(links)], CHECK_IN, code) for i in range(count)]
            requests = [Request.of(name, i, draft) for i, draft in enumerate(drafts)]
            yield Paced(server.address, requests, OTHERS_A_SECOND / len(OTHERS))

    def loud_requests(self, server, count):
        code = server.venues("office")[0][1]
        for i in range(count):
            link = self.links[i % len(self.links)]
            yield Request.of("loud", i, server.asking(link, STATUS, code)).data

    def round(self, work, server, seconds, is_loud):
        rate = self.per_minute / 60 * TIMES
        begun = int(time.time()) // 60
        noise = None
        if is_loud:
            context = multiprocessing.get_context("fork")
            ready, go, results = context.Event(), context.Event(), context.Queue()
            requests = list(self.loud_requests(server, round(rate * seconds)))
            noise = context.Process(target=flood, args=(server.address, requests, rate, ready, go, results), daemon=True)
            noise.start()
            ready.wait()
        askers = list(self.others(server, seconds))
        if noise:
            go.set()
        for asker in askers:
            asker.start()
        for asker in askers:
            asker.join(120)
            if asker.is_alive() or asker.failure:
                raise AssertionError(f"{asker.failure or 'a client hangs'}") from asker.failure
        if noise:
            statuses, took = results.get(timeout=120)
            noise.join(60)
            self.check_flood(work, statuses, begun)
            work.measure(flood_a_second=round(sum(statuses.values()) / took))
        work.count(questions_of_others=sum(len(asker.took_ms) for asker in askers))
        return quantile(sorted(ms for asker in askers for ms in asker.took_ms[WARM_UP:]), 0.99)

    def check_flood(self, work, statuses, begun):
        minutes = int(time.time()) // 60 - begun + 1
        if set(statuses) - {200, 429, 503} or statuses.get(200, 0) > minutes * self.per_minute:
            work.lose(f"{statuses} to a flood in {minutes} minutes of {self.per_minute}")
        work.count(flood_answered=statuses.get(200, 0), flood_refused=statuses.get(429, 0), flood_busy=statuses.get(503, 0))


ROWS = [NoiseQuota()]
