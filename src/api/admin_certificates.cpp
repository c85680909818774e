#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/admin.h"
#include "api/arguments.h"
#include "api/public_get.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/verdict.h"
#include "codec/base_n.h"
#include "domain/record.h"
#include "log/merkle.h"
#include "log/node_reader.h"
#include "service/certificate_revocation.h"
#include "service/certificate_rows.h"
#include "service/certificates.h"
#include "service/issued_certificates.h"
#include "service/log_publisher.h"
#include "service/reissue.h"
#include "service/signers.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;

constexpr std::uint64_t reissued_at_once = 200;
constexpr std::uint64_t most_at_once = 10'000;

std::string kid_of(const service::KeptCertificate& certificate) {
  return certificate.content.format == cert::Format::hc1 ? codec::hex(certificate.kid)
                                                         : std::string{as_text(certificate.kid)};
}

Object describe(const service::KeptCertificate& certificate) {
  return {{"certificate", certificate.name},
          {"format", cert::name_of(certificate.content.format)},
          {"state", service::name_of(certificate.state)},
          {"record", codec::hex(certificate.record.bytes())},
          {"issued", rfc3339(certificate.issued)},
          {"expires", rfc3339(certificate.expires)},
          {"kid", kid_of(certificate)},
          {"log_index", certificate.log_index}};
}

Object describe_with_text(const service::KeptCertificate& certificate) {
  auto out = describe(certificate);
  if (certificate.signature) out["text"] = certificate.text();
  return out;
}

Result<cert::Format> format_of(const Arguments& arguments) {
  const auto word = arguments.text_or("format", "hc1");
  if (word == "hc1") return cert::Format::hc1;
  if (word == "shc") return cert::Format::shc;
  return fail(Errc::invalid_argument, "format: hc1 or shc is needed");
}

Result<CitizenRef> citizen_of(const Arguments& arguments) {
  TRY(bytes, arguments.bytes<16>("citizen"));
  return CitizenRef{bytes};
}

Result<json::value> issue(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"citizen", "format", "record"}));
  TRY(citizen, citizen_of(arguments));
  TRY(format, format_of(arguments));
  service::CertificateWish wish{.citizen = citizen, .format = format};
  if (arguments.has("record")) {
    TRY(number, arguments.number("record"));
    TRY(all, service::list_certificates(at.platform, citizen));
    if (number == 0 || number > all.records.size()) return fail(Errc::not_found, "this citizen has no such record");
    wish.record = all.records[number - 1].id;
  }
  TRY(made, service::issue_certificate(at.platform, wish));
  return describe_with_text(made);
}

Result<json::value> list(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"citizen"}));
  TRY(citizen, citizen_of(arguments));
  TRY(all, service::list_certificates(at.platform, citizen));
  json::array records;
  for (const auto& record : all.records) {
    records.emplace_back(Object{{"number", records.size() + 1},
                                {"kind", domain::name_of(domain::kind_of(record.fact))},
                                {"at", rfc3339(domain::moment_of(record.fact))},
                                {"record", codec::hex(record.id.bytes())}});
  }
  json::array certificates;
  for (const auto& certificate : all.certificates) certificates.emplace_back(describe(certificate));
  return Object{{"records", std::move(records)}, {"certificates", std::move(certificates)}};
}

Result<json::value> show(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"certificate"}));
  TRY(name, arguments.text("certificate"));
  TRY(found, service::find_certificate(at.platform, name));
  return describe_with_text(found);
}

Result<json::value> revoke(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"certificate"}));
  TRY(name, arguments.text("certificate"));
  TRY(revoked, service::revoke_certificate(at.platform, name));
  return Object{{"certificate", name}, {"revoked_at", rfc3339(revoked.at)}, {"log_index", revoked.log_index}};
}

std::string text_of(const service::ReissuePlace& place) {
  return codec::hex(place.citizen.bytes()) + codec::hex(place.certificate.bytes());
}

// One page; who asks goes on with "next" until there is none.
Result<json::value> reissue(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"kid", "next", "at_most"}));
  TRY(text, arguments.text("kid"));
  TRY(kid, service::kid_of_text(text));
  std::optional<service::ReissuePlace> behind;
  if (arguments.has("next")) {
    TRY(place, arguments.bytes<32>("next"));
    const BytesView bytes{place};
    behind = {.citizen = CitizenRef{take<16>(bytes)}, .certificate = service::CertificateId{take<16>(bytes.last(16))}};
  }
  const auto at_most = std::clamp<std::uint64_t>(arguments.number_or("at_most", reissued_at_once), 1, most_at_once);
  TRY(page, service::reissue(at.platform, kid, behind, at_most));
  Object out{{"reissued", page.reissued}, {"ended", page.ended}, {"left", page.left}};
  if (page.behind) out["next"] = text_of(*page.behind);
  return out;
}

// With the proof, in the log as it is published now.
Result<json::value> logged(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"digest"}));
  TRY(digest, arguments.bytes<32>("digest"));
  TRY(found, service::find_signature(at.platform, digest));
  TRY(checkpoint, at.publisher.publish());
  const auto nodes = log::nodes_of_tiles(checkpoint.size, at.publisher.folder().source());
  TRY(proof, log::inclusion_proof(found.index, checkpoint.size, nodes));
  return Object{{"index", found.index},
                {"leaf", codec::base64(found.leaf)},
                {"size", checkpoint.size},
                {"root", codec::base64(checkpoint.root)},
                {"hashes", proof_json(proof)}};
}

}  // namespace

std::vector<AdminCommand> certificate_commands() {
  return {{.name = "certificate/issue", .officers = 1, .run = issue},
          {.name = "certificate/list", .officers = 1, .run = list},
          {.name = "certificate/show", .officers = 1, .run = show},
          {.name = "certificate/revoke", .officers = 1, .run = revoke},
          {.name = "certificate/reissue", .officers = 1, .run = reissue},
          {.name = "certificate/logged", .officers = 0, .run = logged}};
}

}  // namespace lindung::api
