"""Registering with a NIK that the civil register holds and with one that nobody has, wrong in something else, is answered
alike: in bytes and size always, and in time by Welch's t at the socket.

Both classes come in random order from the same browsers, so that the machine's load is a noise that both share. Times are
compared below their 90th percentile.
"""

import json
import shutil
import statistics
import time

from row import Row

from demo import Demo
from portal import Browser, Telephone, logins
from wire import Connection

TRIES = 5  # of one code
A_SERVER = 2_000  # then a new one: what one network may ask for in an hour is counted in memory
T_LIMIT = 4.5
QUANTILE = 0.9


def welch(first, second):
    spread = statistics.variance(first) / len(first) + statistics.variance(second) / len(second)
    return (statistics.fmean(first) - statistics.fmean(second)) / spread**0.5


class PortalAlike(Row):
    name = "portal-alike"
    what = "registrations with a NIK of the civil register and with nobody's: the same bytes, size and time"
    unit = "answers"
    goal, short = 20_000, 200

    def run(self, work):
        server = Demo(work.folder / "d", 60)
        times, likenesses = {"existing": [], "missing": []}, set()
        try:
            while work.goes_on():
                server.start()
                self.ask(work, server, times, likenesses)
                server.stop()
                if work.is_short:
                    break
        finally:
            server.kill()
            shutil.rmtree(server.data, ignore_errors=True)
        if len(likenesses) != 1:
            work.lose(f"answers differ: {sorted(likenesses, key=str)[:3]}"[:500])
        if work.is_short:
            return
        below = {name: sorted(all_)[: int(len(all_) * QUANTILE)] for name, all_ in times.items()}
        t = welch(below["existing"], below["missing"])
        work.measure(
            t=round(t, 2),
            existing_us=round(statistics.fmean(below["existing"]) * 1e6, 1),
            missing_us=round(statistics.fmean(below["missing"]) * 1e6, 1),
        )
        if abs(t) >= T_LIMIT:
            work.lose(f"t = {t:.2f}")

    def ask(self, work, server, times, likenesses):
        _, person = logins(server)
        claims = {
            "existing": dict(person, device="x"),
            "missing": dict(person, nik=person["nik"][:12] + "9999", device="x"),
        }
        for claim in claims.values():
            claim.pop("phone")  # another one's telephone is what is wrong with both
        done, number = 0, 0
        with Connection(server.address) as connection:
            while done < A_SERVER and work.goes_on():
                number += 1
                phone = f"+62877{work.random.randrange(10**8):08}"
                browser, telephone = Browser(server), Telephone(server, phone)
                browser.post("codes", {"phone": phone})
                code = telephone.code()
                for path in telephone.folder.glob("*.json"):
                    path.unlink()
                for _ in range(TRIES):
                    which = work.random.choice(("existing", "missing"))
                    body = json.dumps(dict(claims[which], code=code)).encode()
                    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
                    headers = [
                        ("Host", browser.host),
                        ("Cookie", cookie),
                        ("Origin", browser.origin),
                        ("Sec-Fetch-Site", "same-origin"),
                        ("Content-Type", "application/json"),
                        ("Content-Length", str(len(body))),
                    ]
                    begun = time.perf_counter()
                    response = connection.request("POST", "/v1/portal/register", headers, body)
                    times[which].append(time.perf_counter() - begun)
                    likenesses.add((response.status, response.body, tuple(name for name, _ in response.headers)))
                    done += 1
                work.try_(TRIES)


ROWS = [PortalAlike()]
