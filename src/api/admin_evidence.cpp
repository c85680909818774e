#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "api/admin.h"
#include "api/arguments.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "domain/import.h"
#include "domain/nik.h"
#include "gateway/proven_answer.h"
#include "service/citizen_search.h"
#include "service/evidence_pack.h"
#include "service/install.h"
#include "service/pack_telling.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;
using service::PackSubject;

Result<PackSubject> subject_of(std::string_view name) {
  for (const auto each : {PackSubject::partner, PackSubject::officer, PackSubject::issuer, PackSubject::person}) {
    if (service::name_of(each) == name) return each;
  }
  return fail(Errc::invalid_argument, "subject_kind: partner, officer, issuer or person");
}

Result<Moment> moment(const Arguments& arguments, std::string_view name) {
  TRY(text, arguments.text(name));
  return parse_rfc3339(text);
}

Result<service::PackOrder> read_order(const AdminGround& at, const Arguments& arguments) {
  TRY(kind, arguments.text("subject_kind"));
  TRY(subject, subject_of(kind));
  TRY(id, arguments.text("subject"));
  TRY(from, moment(arguments, "from"));
  TRY(until, moment(arguments, "until"));
  TRY(purpose, arguments.text("purpose"));
  TRY(law, arguments.text("law"));
  return service::PackOrder{.subject = subject,
                            .id = id,
                            .from = from,
                            .until = until,
                            .purpose = purpose,
                            .law = law,
                            .openings = {},
                            .telling = {},
                            .command = at.command};
}

Result<json::value> write(const AdminGround& at, const Arguments& arguments, const service::PackOrder& order) {
  TRY(file, arguments.text("file"));
  if (!file.starts_with('/')) return fail(Errc::invalid_argument, "file: a whole path is needed");
  TRY(made, service::make_evidence_pack(at.platform, at.publisher, order, file));
  return Object{{"file", file},
                {"log_size", made.size},
                {"entries", made.entries},
                {"openings", order.openings.size()},
                {"bytes", made.bytes},
                {"digest", codec::hex(made.digest)},
                {"log_index", made.log_index}};
}

// What the public log holds: nothing in it is anybody's secret.
Result<json::value> make(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"subject_kind", "subject", "from", "until", "purpose", "law", "file"}));
  TRY(order, read_order(at, arguments));
  if (order.subject == PackSubject::person) return fail(Errc::invalid_argument, "a person's is evidence/open");
  return write(at, arguments, order);
}

// "17,42"
Result<std::vector<std::uint64_t>> read_indexes(std::string_view text) {
  std::vector<std::uint64_t> out;
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    std::uint64_t index = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), index);
    if (error != std::errc{} || end != word.data() + word.size()) {
      return fail(Errc::invalid_argument, "open: log indexes with commas between are needed");
    }
    out.push_back(index);
  }
  std::ranges::sort(out);
  const auto twice = std::ranges::unique(out);
  out.erase(twice.begin(), twice.end());
  return out;
}

// On what basis, and when those are told whose answers are opened; nobody stands behind the dummy's.
Result<service::PackTelling> read_telling(const AdminGround& at, const Arguments& arguments,
                                          const std::vector<service::PackOpening>& openings) {
  service::PackTelling telling;
  BOOST_OUTCOME_TRY(telling.basis, arguments.text("basis"));
  if (arguments.has("told_on")) {
    BOOST_OUTCOME_TRY(telling.told_on, moment(arguments, "told_on"));
    BOOST_OUTCOME_TRY(telling.because, arguments.text("because"));
  }
  TRY(dummy, service::load_dummy(at.platform.database));
  for (const auto& each : openings) {
    if (each.citizen != dummy.citizen) telling.persons.push_back(each.citizen);
  }
  return telling;
}

// What one person was answered, or answers that are named: two officers.
Result<json::value> open(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"subject_kind", "subject", "from", "until", "purpose", "law", "file", "nik",
                                          "open", "basis", "told_on", "because"}));
  TRY(order, read_order(at, arguments));
  std::vector<CitizenRef> persons;
  std::vector<std::uint64_t> indexes;
  if (order.subject == PackSubject::person) {
    TRY(text, arguments.text("nik"));
    TRY(nik, domain::parse_nik(text));
    TRY(citizen, service::find_citizen(
                     at.platform,
                     {.nik = nik, .passport = {}, .local = domain::LocalId{ByteArray<16>{}}, .name = {}, .birth = {}}));
    persons.push_back(citizen);
    TRY(about, gateway::answers_about(at.platform, citizen, order.from, order.until));
    indexes = std::move(about);
  } else {
    TRY(text, arguments.text("open"));
    TRY(named, read_indexes(text));
    indexes = std::move(named);
  }
  for (const auto index : indexes) {
    TRY(opening, gateway::open_answer(at.platform, index));
    if (order.subject == PackSubject::partner && opening.partner.value() != order.id) {
      return fail(Errc::invalid_argument, "entry " + std::to_string(index) + " is an answer to another partner");
    }
    order.openings.push_back(std::move(opening));
  }
  TRY(telling, read_telling(at, arguments, order.openings));
  telling.persons.insert(telling.persons.end(), persons.begin(), persons.end());
  std::ranges::sort(telling.persons);
  const auto repeated = std::ranges::unique(telling.persons);
  telling.persons.erase(repeated.begin(), repeated.end());
  order.telling = std::move(telling);
  return write(at, arguments, order);
}

}  // namespace

std::vector<AdminCommand> evidence_commands() {
  return {{.name = "evidence/make", .officers = 1, .run = make}, {.name = "evidence/open", .officers = 2, .run = open}};
}

}  // namespace lindung::api
