#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/admin.h"
#include "api/arguments.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/fhir_date.h"
#include "domain/nik.h"
#include "service/batch_undo.h"
#include "service/batches.h"
#include "service/nik_repair.h"
#include "service/quarantine.h"
#include "store/database.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;

Result<json::value> list_batches(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"issuer"}));
  TRY(issuer, arguments.text("issuer"));
  std::vector<service::Batch> batches;
  TRYV(at.platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(listed, service::list_batches(transaction, IssuerId{issuer}));
    batches = std::move(listed);
    return ok();
  }));
  json::array rows;
  for (const auto& batch : batches) {
    rows.emplace_back(Object{{"import_id", batch.import_id},
                             {"key_id", batch.key.value()},
                             {"begun_at", rfc3339(batch.begun_at)},
                             {"state", service::name_of(batch.state)}});
  }
  return Object{{"issuer", issuer}, {"batches", std::move(rows)}};
}

// One import, or all that a key signed in [from, to).
Result<service::UndoReport> undo(const AdminGround& at, const Arguments& arguments) {
  TRY(issuer, arguments.text("issuer"));
  if (arguments.has("import_id")) {
    TRY(import_id, arguments.text("import_id"));
    return service::undo_batch(at.platform, IssuerId{issuer}, import_id, at.command);
  }
  TRY(key_id, arguments.text("key_id"));
  TRY(from, arguments.text("from"));
  TRY(to, arguments.text("to"));
  TRY(first, parse_rfc3339(from));
  TRY(end, parse_rfc3339(to));
  if (first >= end) return fail(Errc::invalid_argument, "the range is empty");
  return service::undo_signed_by(
      at.platform, {.issuer = IssuerId{issuer}, .key = KeyId{key_id}, .from = first, .to = end}, at.command);
}

Result<json::value> undo_batches(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"issuer", "import_id", "key_id", "from", "to"}));
  TRY(report, undo(at, arguments));
  return Object{{"batches", report.batches}, {"records", report.records}, {"citizens", report.citizens}};
}

Result<json::value> list_quarantine(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"issuer", "all"}));
  std::optional<IssuerId> issuer;
  if (arguments.has("issuer")) issuer = IssuerId{arguments.text_or("issuer", "")};
  TRY(listed, service::list_quarantined(at.platform, issuer, arguments.number_or("all", 0) != 0));
  json::array rows;
  for (const auto& row : listed) {
    rows.emplace_back(Object{{"issuer", row.issuer.value()},
                             {"import_id", row.import_id},
                             {"place", row.place},
                             {"reason", row.reason},
                             {"state", service::name_of(row.state)},
                             {"held_at", rfc3339(row.held_at)}});
  }
  return Object{{"rows", std::move(rows)}};
}

using Decide = Result<service::QuarantineDecision> (*)(const service::Platform&, const service::QuarantineChoice&,
                                                       const Hash&);

std::function<Result<json::value>(const AdminGround&, const Object&)> deciding(Decide decide) {
  return [decide](const AdminGround& at, const Object& object) -> Result<json::value> {
    TRY(arguments, Arguments::read(object, {"issuer", "import_id", "place"}));
    TRY(issuer, arguments.text("issuer"));
    TRY(import_id, arguments.text("import_id"));
    service::QuarantineChoice choice{.issuer = IssuerId{issuer}, .import_id = import_id, .place = {}};
    if (arguments.has("place")) choice.place = arguments.text_or("place", "");
    TRY(decision, decide(at.platform, choice, at.command));
    return Object{{"rows", decision.rows}, {"citizens", decision.citizens}};
  };
}

Result<json::value> repair(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"issuer", "import_id", "wrong", "right", "birth_date"}));
  TRY(issuer, arguments.text("issuer"));
  TRY(import_id, arguments.text("import_id"));
  TRY(wrong_text, arguments.text("wrong"));
  TRY(right_text, arguments.text("right"));
  TRY(birth_text, arguments.text("birth_date"));
  TRY(wrong, domain::parse_nik(wrong_text));
  TRY(right, domain::parse_nik(right_text));
  const auto birth = domain::fhir::parse_date(birth_text);
  if (birth.has_error() || birth.value().precision != domain::fhir::Precision::day) {
    return fail(Errc::invalid_argument, "birth_date: a date like 1990-03-21 is needed");
  }
  TRY(report, service::repair_nik(at.platform,
                                  {.issuer = IssuerId{issuer},
                                   .import_id = import_id,
                                   .wrong = wrong,
                                   .right = right,
                                   .birth = birth.value().date},
                                  at.command));
  return Object{{"records", report.records}, {"known_person", report.is_known_person}};
}

}  // namespace

std::vector<AdminCommand> batch_commands() {
  return {{.name = "batch/list", .officers = 0, .run = list_batches},
          {.name = "batch/undo", .officers = 2, .run = undo_batches},
          {.name = "quarantine/list", .officers = 0, .run = list_quarantine},
          {.name = "quarantine/release", .officers = 2, .run = deciding(service::release_quarantined)},
          {.name = "quarantine/refuse", .officers = 1, .run = deciding(service::refuse_quarantined)},
          {.name = "citizen/repair", .officers = 2, .run = repair}};
}

}  // namespace lindung::api
