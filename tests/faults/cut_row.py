"""Cuts of partners that ask as fast as they can, one after another, on one SQLite and on two nodes over one PostgreSQL.

Each try is a cut. In most rounds nothing disturbs it, and how long it takes from the command to the log is measured; in
some a server is stopped and continued around the command, or killed. What every connection sent and got is recorded,
with the kernel's moment at which an answer left (cut_load.py), and checked behind the round:

- no answer stands in the log behind its partner's cut, new or repeated, by the answers and by the exported log itself;
- no answer left any node after the cut was reported effective, a repeated one neither;
- what is asked behind it is refused.
"""

import http.client
import os
import shutil
import signal
import threading
import time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cut_load import Asker, Request
from kills_row import NEVER, drop_database, new_database
from row import Row

import demo
import lindung_client as client
from demo import Demo, lindung
from export import entries
from lindung_client import STATUS
from operator_socket import Operator, Refused
from served import Served
from transparency import cbor, leaf_hash

CITIZENS = 200
PARTNERS = 1000  # registered at a time; fewer where that would take longer than this share of the run
SIGNING_UP = 0.4
CUTS_OF_ROUND, SHORT_CUTS_OF_ROUND = 20, 8
QUESTIONS = 50  # of each partner in a round
CONNECTIONS = 8
BETWEEN_S = (0.0, 0.08)  # two cuts
BEFORE_S = (0.0, 0.02)  # what disturbs a cut comes before it, or with it
DISTURBED_OF_TEN = 3  # rounds
PAUSE_S = (0.05, 1.2)
LONG_PAUSE_S, LONG_PAUSE_OF = 6.5, 10  # one pause of so many: longer than a node's lease
CUT_SECONDS = 60  # in which a cut is taken, whatever happens to the servers
AUTHORITY = "gateway.test"  # of all nodes, whatever their ports: a request that was made for one of them goes to any
ANSWER = b"\x85\x01" + cbor("answer")


def sign_up(operator, random, file, name, **more):
    """An active partner with links to some citizens, as itself sees it."""
    key = Ed25519PrivateKey.generate()
    pact = bytes.fromhex(file["pact_digest"])
    operator.run("partner/register", partner=name, **more)
    operator.run("partner/key-add", partner=name, key_id=f"{name}.1", public_key=client.raw_public(key).hex())
    signature = key.sign(b"lindung pact v1\x00" + pact)
    operator.run("partner/sign-pact", partner=name, pact=pact.hex(), signature=signature.hex())
    operator.run("partner/activate", partner=name)
    links = [
        {"partner": name, "token": operator.run("link/grant", partner=name, citizen=citizen["id"])["token"]}
        for citizen in random.sample(file["citizens"], 2)
    ]
    return client.Partner(name, 1, f"{name}.1", key), links


class Cut:
    """One cut: what was reported of it, and when the report was there."""

    def __init__(self, partner, report, at_ns):
        self.partner, self.report, self.at_ns = partner, report, at_ns
        self.index = report["log_index"]

    def is_effective(self):
        return self.report["effective"]


class Site:
    """The servers on one database, and their partners."""

    def __init__(self, work, nodes, partners):
        self.work, self.random, self.nodes = work, work.random, nodes
        for node in nodes:
            node.start()
        self.links, at_most_until_left = {}, work.left_s() * (1 - SIGNING_UP)
        with Operator(nodes[0].data) as operator:
            for name in (f"p{i:04d}" for i in range(partners)):
                if self.links and work.left_s() < at_most_until_left:
                    break
                partner, self.links[name] = sign_up(operator, self.random, nodes[0].file, name)
                nodes[0].strangers[name] = partner
        self.names = list(self.links)
        for node in nodes:
            node.strangers = nodes[0].strangers
            demo.wait_for("every partner to be known", lambda n=node: self.knows(n, self.names[-1]))

    def knows(self, node, name):
        with node.connect() as connection:
            return demo.exchange(connection, node.asking(self.links[name][0], STATUS)).status == 200

    def requests(self, names):
        """Questions of these partners, mixed; sealed and signed now."""
        node = self.nodes[0]
        code = node.venues("office")[0][1]
        requests = [
            Request.of(name, i, node.asking(self.links[name][i % 2], STATUS, code)) for name in names for i in range(QUESTIONS)
        ]
        self.random.shuffle(requests)
        return requests

    def round(self, names, disturb):
        requests, askers, mine = self.requests(names), [], CONNECTIONS // len(self.nodes)
        for n, node in enumerate(self.nodes):
            askers += [Asker(node, n, requests[i::mine], self.random.random()) for i in range(mine)]
        begin = time.monotonic()
        for asker in askers:
            asker.start()
        demo.wait_for("load", lambda: all(len(a.history) > 5 or a.failure for a in askers))
        cuts = []
        for name in names:
            for asker in askers:
                asker.focus = name
            time.sleep(self.random.uniform(*BETWEEN_S))
            cuts.append(self.cut(name, disturb))
        behind = [len(asker.history) for asker in askers]
        enough = 2 * QUESTIONS  # so that old questions come too
        demo.wait_for(
            "questions behind the cuts",
            lambda: all(len(a.history) > n + enough or a.failure for a, n in zip(askers, behind, strict=True)),
            CUT_SECONDS,
        )
        for asker in askers:
            asker.ending.set()
        for asker in askers:
            asker.join(60)
            if asker.is_alive() or asker.failure:
                raise AssertionError(f"{asker.failure or 'a client hangs'}") from asker.failure
        history = [came for asker in askers for came in asker.history]
        self.check(cuts, history)
        return cuts, len(history) / (time.monotonic() - begin)

    def cut(self, name, disturb):
        """Cuts a partner on one of the nodes, with what may disturb it meanwhile."""
        node, disturbing = self.random.choice(self.nodes), None
        if disturb and self.random.randrange(2) == 0:
            # Best another node than that of the command: what it has on its way is what the command has to wait for.
            disturbed = next((n for n in self.nodes if n is not node and self.random.randrange(4)), node)
            disturbing = threading.Thread(target=disturb, args=(disturbed,), daemon=True)
            disturbing.start()
            time.sleep(self.random.uniform(*BEFORE_S))
        report = demo.wait_for(f"the cut of {name}", lambda: self.cut_once(node, name), CUT_SECONDS)
        at_ns = time.time_ns()
        if disturbing:
            disturbing.join(CUT_SECONDS)
            self.work.count(disturbed=1)
        cut = Cut(name, report, at_ns)
        self.work.count(reports_lost=int(report["cut_before"]), not_effective_in_time=int(not cut.is_effective()))
        return cut

    def cut_once(self, node, name):
        try:
            with Operator(node.data) as operator:
                return operator.run("partner/cut", partner=name)
        except Refused as refused:
            if not any(refused.is_a(problem) for problem in (*NEVER, "sealed")):
                raise
        except (OSError, http.client.HTTPException):
            pass
        return None

    def pause(self, node):
        seconds = self.random.uniform(*PAUSE_S)
        if len(self.nodes) > 1 and self.random.randrange(LONG_PAUSE_OF) == 0:
            seconds = LONG_PAUSE_S
        node.process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        node.process.send_signal(signal.SIGCONT)
        self.work.count(pauses=1)

    def kill(self, node):
        time.sleep(self.random.uniform(*BEFORE_S))
        node.kill()
        node.start()
        self.work.count(kills=1)

    def check(self, cuts, history):
        of_partner = {cut.partner: [] for cut in cuts}
        for came in history:
            of_partner[came.request.partner].append(came)
        logged = self.export(max(cut.index for cut in cuts))
        for cut in cuts:
            self.check_cut(cut, of_partner[cut.partner], logged)
        name = self.random.choice(cuts).partner
        export = self.work.folder / "export"
        lindung("log", "verify", export, "--key", self.nodes[0].file["log"]["public_key"], "--cut", name)
        shutil.rmtree(export)

    def export(self, at_least):
        node, export = self.random.choice(self.nodes), self.work.folder / "export"
        with node.connect() as connection:
            demo.wait_for("the cuts in a checkpoint", lambda: node.checkpoint(connection)[0] > at_least)
        node.command("log", "export", export)
        return entries(export)

    def check_cut(self, cut, history, logged):
        def lost(what):
            raise AssertionError(f"{cut.partner}, cut at {cut.index} ({cut.report}): {what}")

        head = ANSWER + cbor(cut.partner)
        late = [i for i in range(cut.index, len(logged)) if logged[i].startswith(head)]
        if late:
            lost(f"answers in the log at {late[:5]}")
        answered, refused = {}, []
        for came in history:
            if came.status == 200:
                answered[came.request.place] = came
                if cut.is_effective() and came.sent_ns > cut.at_ns:
                    lost("an answer to what was asked after it was effective")
                if cut.is_effective() and came.left_ns and came.left_ns > cut.at_ns:
                    lost(f"an answer left {came.left_ns - cut.at_ns} ns after it was effective")
                self.work.count(answers=1, of_which_with_the_kernels_moment=int(bool(came.left_ns)))
            elif came.problem() == "partner-cut":
                refused.append(came)
            elif came.problem() not in (*NEVER, "sealed", "clock-skew"):  # signed a minute ago, on a slow machine
                lost(f"{came.status} {came.problem()}")
            elif cut.is_effective() and came.sent_ns > cut.at_ns:
                self.work.count(other_refusals=1)
        repeats = sum(came.request.place in answered for came in refused)
        self.work.count(refusals=len(refused), of_which_of_answered_questions=repeats)
        for came in answered.values():
            answer = client.open_answer(came.request.draft, came.body)
            if answer.index > cut.index:
                lost(f"an answer with the index {answer.index}")
            if leaf_hash(logged[answer.index]) != answer.leaf_hash or not logged[answer.index].startswith(head):
                lost(f"another leaf at {answer.index} than that of the answer")

    def end(self):
        for node in reversed(self.nodes):
            if node.stop() != 0:
                raise AssertionError("a server did not end well after the last round")


def quantile(sorted_values, share):
    return sorted_values[min(len(sorted_values) - 1, int(len(sorted_values) * share))]


class Cuts(Row):
    unit = "cuts"

    def __init__(self, engine, goal, short):
        self.engine, self.goal, self.short = engine, goal, short
        self.name = f"cut-{engine}"
        where = "two nodes on one PostgreSQL" if engine == "postgres" else "SQLite"
        self.what = f"partners cut under load, with pauses and kills, on {where}: no answer behind the cut, repeated or not"

    def run(self, work):
        database = new_database(work) if self.engine == "postgres" else None
        made = Demo(work.folder / "d", CITIZENS, extra=["--postgres", database] if database else [])
        nodes = []
        try:
            made.start()
            made.stop()
            nodes = [Served(made, database, AUTHORITY)]
            if database:
                nodes.append(Served(made, database, AUTHORITY, is_further=True))
            self.try_all(work, nodes)
        except BaseException:
            for node in nodes or [made]:
                print(node.last_words())
            raise
        finally:
            for node in nodes or [made]:
                node.kill()
                shutil.rmtree(node.data, ignore_errors=True)
            if database:
                drop_database(database)

    def try_all(self, work, nodes):
        site = Site(work, nodes, min(PARTNERS, work.left()))
        left, logged, effective, rates = list(site.names), [], [], []
        rounds = [None, site.pause, site.kill] if work.is_short else None
        size = SHORT_CUTS_OF_ROUND if work.is_short else CUTS_OF_ROUND
        while left and work.goes_on():
            names, left = left[:size], left[size:]
            if rounds:
                disturb = rounds.pop(0) if len(rounds) > 1 else rounds[0]
            else:
                disturb = work.random.choice((site.pause, site.kill)) if work.random.randrange(10) < DISTURBED_OF_TEN else None
            cuts, rate = site.round(names, disturb)
            if disturb is None:
                # A cut that was not effective in time, or whose report got lost, has been counted as that.
                in_time = [cut.report for cut in cuts if cut.is_effective() and not cut.report["cut_before"]]
                logged += [report["logged_after_us"] / 1000 for report in in_time]
                effective += [report["effective_after_us"] / 1000 for report in in_time]
                rates.append(rate)
                work.count(undisturbed=len(cuts))
            work.try_(len(names))
            if logged:
                self.measure(work, sorted(logged), sorted(effective), rates)
        site.end()

    def measure(self, work, logged, effective, rates):
        work.measure(
            logged_p50_ms=round(quantile(logged, 0.5), 1),
            logged_p99_ms=round(quantile(logged, 0.99), 1),
            logged_worst_ms=round(logged[-1], 1),
            effective_p50_ms=round(quantile(effective, 0.5), 1),
            effective_worst_ms=round(effective[-1], 1),
            cuts_measured=len(logged),
            responses_a_second=round(sum(rates) / len(rates)),
            load=round(os.getloadavg()[0], 1),
        )


ROWS = [Cuts("sqlite", 1000, 24), Cuts("postgres", 1000, 24)]
