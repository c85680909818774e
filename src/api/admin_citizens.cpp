#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <utility>
#include <vector>

#include "api/admin.h"
#include "api/arguments.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "codec/base_n.h"
#include "domain/import.h"
#include "domain/nik.h"
#include "domain/passport.h"
#include "domain/record.h"
#include "service/certificate_records.h"
#include "service/citizen_search.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;

Result<json::value> find(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"nik", "passport"}));
  domain::Identity identity{
      .nik = {}, .passport = {}, .local = domain::LocalId{ByteArray<16>{}}, .name = {}, .birth = {}};
  if (arguments.has("nik")) {
    TRY(text, arguments.text("nik"));
    TRY(nik, domain::parse_nik(text));
    identity.nik = nik;
  } else {
    TRY(text, arguments.text("passport"));
    TRY(passport, domain::parse_passport(text));
    identity.passport = passport;
  }
  TRY(citizen, service::find_citizen(at.platform, identity));
  return Object{{"citizen", codec::hex(citizen.bytes())}};
}

// A certificate of another country becomes records.
Result<json::value> take_certificate(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"citizen", "text", "confirmed_by_document"}));
  TRY(citizen, arguments.bytes<16>("citizen"));
  TRY(text, arguments.text("text"));
  TRY(trust, at.trust.get());
  TRY(receipt,
      service::take_certificate(at.platform, *trust,
                                {.citizen = CitizenRef{citizen},
                                 .text = std::move(text),
                                 .is_confirmed_by_document = arguments.number_or("confirmed_by_document", 0) != 0},
                                at.command));
  json::array records;
  for (const auto kind : receipt.records) records.emplace_back(domain::name_of(kind));
  return Object{{"citizen", codec::hex(citizen)}, {"issuer", receipt.issuer.value()}, {"import_id", receipt.import_id},
                {"key_id", receipt.key.value()},  {"records", std::move(records)},    {"log_index", receipt.log_index},
                {"repeated", receipt.is_repeated}};
}

}  // namespace

std::vector<AdminCommand> citizen_commands() {
  return {{.name = "citizen/find", .officers = 1, .run = find},
          {.name = "citizen/certificate", .officers = 1, .run = take_certificate}};
}

}  // namespace lindung::api
