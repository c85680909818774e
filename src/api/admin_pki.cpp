#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <utility>
#include <vector>

#include "api/admin.h"
#include "api/arguments.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/base_n.h"
#include "service/authority.h"
#include "service/signers.h"

namespace lindung::api {

namespace {

namespace json = boost::json;
using Object = json::object;

Object describe(const service::Authority& authority) {
  Object out{{"country", authority.names.country},
             {"organisation", authority.names.organisation},
             {"fingerprint", codec::hex(authority.certificate.fingerprint())},
             {"from", rfc3339(authority.certificate.not_before())},
             {"until", rfc3339(authority.certificate.not_after())},
             {"log_index", authority.log_index},
             {"certificate", codec::base64(authority.certificate.der())}};
  if (!authority.names.card_issuer.empty()) out["card_issuer"] = authority.names.card_issuer;
  return out;
}

Object describe(const service::KeptSigner& signer, Moment now) {
  const auto* const state = signer.revoked_at ? "revoked" : signer.use.until <= now ? "ended" : "signing";
  return {{"kid", service::kid_text(signer)},
          {"kind", service::name_of(signer.place.kind)},
          {"region", signer.place.scope},
          {"signs_from", rfc3339(signer.use.from)},
          {"signs_until", rfc3339(signer.use.until)},
          {"state", state},
          {"log_index", signer.log_index}};
}

Result<json::value> init(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"country", "organisation", "card_issuer"}));
  TRY(country, arguments.text("country"));
  TRY(organisation, arguments.text("organisation"));
  TRY(made, service::make_authority(at.platform, {.country = country,
                                                  .organisation = organisation,
                                                  .card_issuer = arguments.text_or("card_issuer", "")}));
  return describe(made);
}

Result<json::value> list(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {}));
  static_cast<void>(arguments);
  TRY(authority, service::find_authority(at.platform));
  TRY(signers, service::list_signers(at.platform));
  auto out = describe(authority);
  const auto now = at.platform.clock.now();
  const auto count = [&](auto counts) { return std::ranges::count_if(signers, counts); };
  out["signing"] = count([&](const service::KeptSigner& each) { return !each.revoked_at && each.use.until > now; });
  out["ended"] = count([&](const service::KeptSigner& each) { return !each.revoked_at && each.use.until <= now; });
  out["revoked"] = count([](const service::KeptSigner& each) { return each.revoked_at.has_value(); });
  return out;
}

Result<json::value> signers(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {}));
  static_cast<void>(arguments);
  TRY(all, service::list_signers(at.platform));
  json::array out;
  for (const auto& signer : all) out.emplace_back(describe(signer, at.platform.clock.now()));
  return Object{{"signers", std::move(out)}};
}

Result<json::value> revoke(const AdminGround& at, const Object& object) {
  TRY(arguments, Arguments::read(object, {"kid"}));
  TRY(text, arguments.text("kid"));
  TRY(kid, service::kid_of_text(text));
  TRY(signer, service::revoke_signer(at.platform, kid));
  return describe(signer, at.platform.clock.now());
}

}  // namespace

std::vector<AdminCommand> pki_commands() {
  return {{.name = "pki/init", .officers = 2, .run = init},
          {.name = "pki/list", .officers = 0, .run = list},
          {.name = "pki/signers", .officers = 0, .run = signers},
          {.name = "pki/revoke", .officers = 2, .run = revoke}};
}

}  // namespace lindung::api
