"""A made-up month of a province: its people, and the files that its issuers send day by day; with their usual mistakes.

Written from docs/import.md alone. Everything follows from the seed and the first day.
"""

import dataclasses
import datetime
import gzip
import json
import random

PROVINCE = "34"  # DI Yogyakarta
REGENCIES = ("01", "02", "03", "04", "71")
DAYS = 30
BUSY_DAYS = (5, 12, 19, 26)  # of mass vaccination
NIK = "https://fhir.kemkes.go.id/id/nik"
CVX = "http://hl7.org/fhir/sid/cvx"
KFA = "http://sys-ids.kemkes.go.id/kfa"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
FIRST = "Siti Agus Budi Dewi Eko Fitri Gunawan Hendra Indah Joko Kartika Lestari Maya Nur Oki Putri Rahmat Sari".split()
LAST = "Rahayu Santoso Wijaya Hidayat Pratama Nugroho Saputra Wulandari Kusuma Setiawan Lestari Utami Purnomo".split()
# Our code, CVX, how CSV says it, share, days between doses.
VACCINES = (
    ("coronavac", "511", "Sinovac", 55, 28),
    ("vaxzevria", "210", "AstraZeneca", 20, 84),
    ("comirnaty", "208", "Pfizer", 15, 21),
    ("spikevax", "207", "Moderna", 10, 28),
)
PATIENT_MISTAKES = (
    "birth-contradicts-nik", "short-nik", "no-zone", "unknown-code", "not-done", "broken-line", "too-soon", "twice",
)  # fmt: skip
CSV_MISTAKES = ("spreadsheet", "month-first", "too-few", "unknown-kind")


@dataclasses.dataclass
class Person:
    nik: str
    name: str
    birth: datetime.date
    vaccine: tuple
    doses: int  # at the end of the month
    before: int  # of them, before the month began
    dose_days: list


@dataclasses.dataclass
class File:
    """One import: who signs it, its id, its bytes and how many rows they should be about."""

    issuer: str
    import_id: str
    kind: str  # media type
    content: bytes
    rows: int


def patient(person, mark):
    return {
        "resourceType": "Patient",
        "id": mark,
        "identifier": [{"system": NIK, "value": person.nik}],
        "name": [{"text": person.name}],
        "birthDate": person.birth.isoformat(),
    }


def immunization(person, mark, number, day, lot):
    codings = [{"system": CVX, "code": person.vaccine[1]}]
    if person.vaccine[0] == "coronavac":
        codings.insert(0, {"system": KFA, "code": "93004956"})
    return {
        "resourceType": "Immunization",
        "id": f"i-{mark}-{number}",
        "status": "completed",
        "vaccineCode": {"coding": codings},
        "patient": {"reference": f"Patient/{mark}"},
        "occurrenceDateTime": day.isoformat(),
        "lotNumber": lot,
        "protocolApplied": [{"doseNumberPositiveInt": number}],
    }


def observation(mark, day, is_naat, is_positive):
    return {
        "resourceType": "Observation",
        "id": f"t-{mark}-{day:%d}",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": "94500-6" if is_naat else "97097-0"}]},
        "subject": {"reference": f"Patient/{mark}"},
        "effectiveDateTime": f"{day.isoformat()}T09:00:00+07:00",
        "valueCodeableConcept": {
            "coding": [{"system": SNOMED, "code": "260373001" if is_positive else "260415000"}]
        },
    }


def report(mark, day):
    """On the observation of the same day."""
    return {
        "resourceType": "DiagnosticReport",
        "id": f"r-{mark}-{day:%d}",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": "94500-6"}]},
        "subject": {"reference": f"Patient/{mark}"},
        "effectiveDateTime": f"{day.isoformat()}T09:00:00+07:00",
        "result": [{"reference": f"Observation/t-{mark}-{day:%d}"}],
    }


class Province:
    """people, files (in the order in which they are sent) and lots (their register)."""

    def __init__(self, citizens, seed, last_day):
        self.random = random.Random(seed)
        self.first_day = last_day - datetime.timedelta(days=DAYS - 1)
        self.seen = set()
        self.people = [self.person(i) for i in range(citizens)]
        self.given = {}  # doses of each lot
        self.notable = []  # people with more than doses that went well
        self.files = [*self.register(), *(file for number in range(DAYS) for file in self.day(number))]
        self.lots = {
            "source": "a made-up month",
            "lots": [
                # Every twentieth lot held a few doses less than were given of it.
                {"vaccine": vaccine, "lot": lot, "doses": count - min(3, count - 1) if i % 20 == 7 else count + 5}
                for i, ((vaccine, lot), count) in enumerate(sorted(self.given.items()))
            ],
        }

    def person(self, number):
        birth = self.first_day - datetime.timedelta(days=self.random.randint(6 * 365, 88 * 365))
        while True:
            day = birth.day + self.random.choice((0, 40))
            nik = f"{PROVINCE}{self.random.choice(REGENCIES)}{self.random.randint(1, 14):02}{day:02}{birth:%m%y}"
            nik += f"{self.random.randint(1, 9999):04}"
            # A file whose numbers all end with a zero was damaged by a spreadsheet; nobody here is suspected of it.
            if nik not in self.seen and nik[-1] != "0":
                break
        self.seen.add(nik)
        vaccine = self.random.choices(VACCINES, [each[3] for each in VACCINES])[0]
        doses = self.random.choices((0, 1, 2), (18, 30, 52))[0]
        last = self.random.choice(BUSY_DAYS) if self.random.random() < 0.7 else self.random.randrange(DAYS)
        first = last - vaccine[4] * max(0, doses - 1)
        days = [first + vaccine[4] * i for i in range(doses)]
        name = f"{self.random.choice(FIRST)} {self.random.choice(LAST)} {number}"
        return Person(nik, name, birth, vaccine, doses, sum(day < 0 for day in days), days)

    def date(self, number):
        return self.first_day + datetime.timedelta(days=number)

    def lot(self, person, number, place):
        lot = f"{person.vaccine[0][:2].upper()}{place}{number // 7 + 20:02}"
        key = (person.vaccine[0], lot)
        self.given[key] = self.given.get(key, 0) + 1
        return lot

    def errs(self, share=0.02):
        return self.random.random() < share

    def ndjson(self, issuer, import_id, rows, packed=False):
        content = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows).encode() + b"\n"
        kind = "application/gzip" if packed else "application/fhir+ndjson"
        return File(issuer, import_id, kind, gzip.compress(content, 6, mtime=0) if packed else content, len(rows))

    def csv(self, issuer, import_id, header, rows, separator, packed=False, mark=""):
        text = mark + "\r\n".join(separator.join(row) for row in [header, *rows]) + "\r\n"
        content = text.encode()
        return File(issuer, import_id, "application/gzip" if packed else "text/csv",
                    gzip.compress(content, 6, mtime=0) if packed else content, len(rows))  # fmt: skip

    def register(self):
        """What the health office of each regency knew before: everybody there, and earlier doses."""
        for regency in REGENCIES:
            rows = []
            for i, person in enumerate(self.people):
                if person.nik[2:4] != regency:
                    continue
                rows.append(patient(person, f"p{i}"))
                for number in range(person.before):
                    day = person.dose_days[number]
                    rows.append(immunization(person, f"p{i}", number + 1, self.date(day), self.lot(person, day, "R")))
            yield self.ndjson(f"dinkes-{regency}", "register", rows, packed=True)

    def day(self, number):
        """The files of one day; what people come for decides who sends them in."""
        doses = [(i, p, p.dose_days.index(number) + 1) for i, p in enumerate(self.people) if number in p.dose_days]
        stamp = self.date(number).isoformat()
        posts = [each for each in doses if each[1].nik[2:4] in ("01", "02", "71")]
        clinics = [each for each in doses if each[1].nik[2:4] in ("03", "04")]
        yield self.ndjson("puskesmas", stamp, self.fhir_doses(posts, number), packed=number % 3 == 0)
        yield self.csv_doses(clinics, number, stamp)
        yield self.ndjson("lab-jogja", stamp, self.tests(number), packed=True)
        if number % 7 == 6:
            yield self.notices(number, stamp)

    def fhir_doses(self, doses, day):
        rows = []
        for i, person, number in doses:
            pair = [
                patient(person, f"p{i}"),
                immunization(person, f"p{i}", number, self.date(day), self.lot(person, day, "P")),
            ]
            if self.errs(0.03):
                self.spoil(pair, person, self.random.choice(PATIENT_MISTAKES))
            rows += pair
        self.random.shuffle(rows)
        return rows

    def spoil(self, pair, person, how):
        self.notable.append(person)
        if how == "birth-contradicts-nik":
            pair[0]["birthDate"] = "1901-01-01"
        elif how == "short-nik":
            pair[0]["identifier"][0]["value"] = pair[0]["identifier"][0]["value"][:-1]
        elif how == "no-zone":
            pair[1]["occurrenceDateTime"] += "T08:30:00"
        elif how == "unknown-code":
            pair[1]["vaccineCode"] = {"coding": [{"system": CVX, "code": "99999"}]}
        elif how == "not-done":
            pair[1]["status"] = "not-done"
        elif how == "too-soon":
            pair[1]["occurrenceDateTime"] = self.date(person.dose_days[0] + 3).isoformat()
        elif how == "broken-line":
            pair[1] = json.dumps(pair[1])[:-9]
        else:
            pair.append(pair[1])

    def csv_doses(self, doses, day, stamp):
        header = ["No KTP", "Nama", "Tanggal Lahir", "Jenis", "Tanggal", "Vaksin", "Dosis ke", "No Batch"]
        rows = []
        for _, person, number in doses:
            row = [person.nik, f'"{person.name}; S.E."', f"{person.birth:%d/%m/%Y}", "vaksinasi",
                   f"{self.date(day):%d/%m/%Y}", person.vaccine[2], str(number), self.lot(person, day, "K")]  # fmt: skip
            if self.errs(0.03):
                self.notable.append(person)
                how = self.random.choice(CSV_MISTAKES)
                if how == "spreadsheet":
                    row[0] = f"{int(row[0]):.5E}"
                elif how == "month-first":
                    row[4] = f"{self.date(day):%m}/28/{self.date(day):%Y}"
                elif how == "too-few":
                    row = row[:5]
                else:
                    row[3] = "operasi"
            rows.append(row)
        return self.csv("klinik-selatan", stamp, header, rows, ";", mark="\ufeff")

    def tests(self, day):
        rows = []
        for i in self.random.sample(range(len(self.people)), max(2, len(self.people) // 100)):
            person, is_naat = self.people[i], self.random.random() < 0.6
            test = observation(f"p{i}", self.date(day), is_naat, self.random.random() < 0.12)
            self.notable.append(person)
            if self.errs():
                test["status"] = "preliminary"
            rows += [patient(person, f"p{i}"), test]
            if is_naat:
                rows.append(report(f"p{i}", self.date(day)))
        return rows

    def notices(self, day, stamp):
        """Recoveries, contacts and exemptions of a week, by the province's own office."""
        rows = []
        for person in self.random.sample(self.people, max(6, len(self.people) // 60)):
            self.notable.append(person)
            kind = self.random.choice(("recovery", "contact", "exemption"))
            at = self.date(day - self.random.randrange(6))
            until = (self.date(day) + datetime.timedelta(days=90)).isoformat() if kind == "exemption" else ""
            rows.append([person.nik, kind, at.isoformat(), until])
        # Somebody of another province, about whom this office has nothing to say.
        rows.append(["3174056103900001", "recovery", self.date(day).isoformat(), ""])
        return self.csv("dinkes-diy", stamp, ["nik", "kind", "date", "until"], rows, ",", packed=True)
