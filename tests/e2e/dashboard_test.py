#!/usr/bin/python3
"""The Grafana dashboard and the alarms of docs/operations.md, asked of a real Prometheus that reads a demo's metrics.

    dashboard_test.py LINDUNG
"""

import contextlib
import json
import pathlib
import re
import socket
import subprocess
import urllib.error
import urllib.parse
import urllib.request

import demo
from demo import DemoCase
from lindung_client import STATUS

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROMETHEUS = "/usr/bin/prometheus"
CONFIG = """
global: {{ scrape_interval: 500ms }}
scrape_configs:
  - job_name: lindung
    metrics_path: /metrics
    static_configs: [{{ targets: ["{target}"] }}]
"""


def panels():
    return json.loads((ROOT / "packaging/grafana-dashboard.json").read_text())["panels"]


def alarms():
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    return re.findall(r"^\| `([^`]*lindung_[^`]*)`", page, re.M)


class Dashboard(DemoCase):
    citizens = 20

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.demo.json("partner", "canary", "plant", "gojek")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            cls.address = f"127.0.0.1:{free.getsockname()[1]}"
        config = cls.folder / "prometheus.yml"
        target = urllib.parse.urlsplit(cls.demo.file["metrics_url"]).netloc
        config.write_text(CONFIG.format(target=target))
        log = open(cls.folder / "prometheus.log", "wb")  # noqa: SIM115: it is the process's
        cls.addClassCleanup(log.close)
        cls.process = subprocess.Popen(
            [PROMETHEUS, f"--config.file={config}", f"--storage.tsdb.path={cls.folder / 'tsdb'}",
             f"--web.listen-address={cls.address}"], stdout=log, stderr=log,
        )  # fmt: skip
        cls.addClassCleanup(cls.process.wait)
        cls.addClassCleanup(cls.process.kill)

    def query(self, expression):
        """What Prometheus says now: a list of series; an AssertionError for what it does not understand."""
        address = f"http://{self.address}/api/v1/query?" + urllib.parse.urlencode({"query": expression})
        try:
            with urllib.request.urlopen(address, timeout=30) as response:
                return json.loads(response.read())["data"]["result"]
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 503:  # it is starting
                    raise ConnectionError(expression) from None
                raise AssertionError(f"{expression}: {error.read()!r}") from None

    def series(self, expression):
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            return self.query(expression) or None
        return None

    def test_every_query_of_the_dashboard_gives_a_series(self):
        link = next(iter(self.demo.people("gojek")))[0]
        demo.wait_for("two scrapes", lambda: self.series("count_over_time(lindung_answering[1m]) >= 2"), 60)
        self.assertEqual(self.ask(link, STATUS).outcome in (1, 2), True)
        expressions = [target["expr"] for panel in panels() for target in panel["targets"]]
        self.assertGreater(len(expressions), 15)
        for expression in expressions:
            with self.subTest(expression):
                demo.wait_for(expression, lambda e=expression: self.series(e), 30)
        for panel in panels():
            for target in panel["targets"]:
                for label in re.findall("{{([a-z]+)}}", target["legendFormat"]):
                    found = demo.wait_for(target["expr"], lambda t=target: self.series(t["expr"]), 30)
                    self.assertIn(label, found[0]["metric"], target["expr"])

    def test_every_alarm_is_understood_and_silent_on_a_healthy_gateway(self):
        demo.wait_for("a scrape", lambda: self.series("lindung_answering"), 60)
        conditions = alarms()
        self.assertGreaterEqual(len(conditions), 5)
        for condition in conditions:
            with self.subTest(condition):
                wanted = condition if re.search("[<>=]", condition) else condition + " > 500"
                self.assertEqual(self.query(wanted), [])
                metric = re.search("lindung_[a-z0-9_]+", condition).group()
                self.assertTrue(demo.wait_for(metric, lambda m=metric: self.series(m), 30))

    def test_what_prometheus_does_not_understand_or_know_is_found(self):
        demo.wait_for("a scrape", lambda: self.series("lindung_answering"), 60)
        with self.assertRaises(AssertionError):
            self.query("rate(lindung_answers_total)")
        self.assertEqual(self.query("lindung_no_such_metric"), [])


if __name__ == "__main__":
    demo.run()
