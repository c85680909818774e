#include "service/light_passes.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/light_pass.h"
#include "cert/pass_keys.h"
#include "crypto/digest.h"
#include "crypto/es256_signer.h"
#include "crypto/random.h"
#include "domain/pass_window.h"
#include "domain/transliteration.h"
#include "log/entry.h"
#include "service/logged_unit.h"
#include "service/pass_keys.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "service/settings.h"
#include "store/database.h"
#include "store/log_head.h"

namespace lindung::service {

namespace {

struct WeekSigner {
  std::unique_ptr<const crypto::Es256Signer> signer;
  cert::PassKeyId id{};
  Hash digest{};
};
using Signers = std::map<std::uint64_t, WeekSigner>;  // by week

struct Prepared {
  cert::LightPassClaims claims;
  domain::PassWindow window;
};

// Every start as likely as every other.
std::uint32_t draw_start() {
  constexpr std::uint32_t numbers = 65'536;
  constexpr std::uint32_t fair = numbers - (numbers % domain::pass_starts);
  for (;;) {
    const std::uint32_t drawn = get_be<std::uint16_t>(crypto::random_bytes<2>());
    if (drawn < fair) return drawn % domain::pass_starts;
  }
}

Result<Signers> signers_until(const Platform& platform, Moment from, Moment until) {
  Signers out;
  for (auto week = cert::pass_week(from); week <= cert::pass_week(until); ++week) {
    auto signer = pass_signer(platform.ring, week);
    if (signer.has_error() && signer.error().code == Errc::not_found) {
      TRYV(rotate_pass_keys(platform.database, platform.ring, platform.clock));
      signer = pass_signer(platform.ring, week);
    }
    if (signer.has_error()) return signer.error();
    const auto point = signer.value()->public_point();
    out.emplace(
        week, WeekSigner{
                  .signer = std::move(signer.value()), .id = cert::pass_key_id(point), .digest = signer_digest(point)});
  }
  return out;
}

// In the letters of travel documents, cut at their length.
Result<std::string> pass_name(const KeptIdentity& identity) {
  auto name = domain::icao_transliterated(identity.name);
  name.resize(std::min(name.size(), cert::longest_pass_name));
  while (name.ends_with('<')) name.pop_back();
  if (name.empty()) return fail(Errc::conflict, "a pass needs a name, and the citizen has none that it can hold");
  return name;
}

Result<std::string> issuer_name(store::Transaction& transaction) {
  TRY(origin, read_setting(transaction, setting::log_origin));
  if (!origin) return fail(Errc::unavailable, "the log of this installation has no name yet");
  std::string name{as_text(*origin)};
  if (name.size() > cert::longest_pass_issuer) return fail(Errc::unsupported, "the log's name is too long for a pass");
  return name;
}

// What will be signed, and its entries.
Result<std::vector<Prepared>> prepare(LoggedUnit& unit, const Platform& platform, const CitizenRef& citizen,
                                      const Signers& signers, domain::StripPlan& plan, Moment until) {
  auto& transaction = unit.transaction();
  TRY(issuer, issuer_name(transaction));
  TRY(person, lock_person(transaction, platform.ring, citizen));
  TRY(generation, store::read_timeline_generation(transaction));
  TRY(timeline, read_timeline(transaction, person, generation));
  TRY(identity, read_identity(transaction, person));
  plan = domain::plan_strip(timeline, unit.now(), until, draw_start);
  if (plan.passes.empty()) {
    return fail(Errc::denied, "no pass: the citizen is not green for the whole of any of them");
  }
  TRY(name, pass_name(identity));
  std::vector<Prepared> out;
  std::map<std::uint64_t, Bytes> to_sign;
  for (const auto& planned : plan.passes) {
    const auto week = cert::pass_week(planned.window.begin);
    const auto signer = signers.find(week);
    if (signer == signers.end()) return fail(Errc::unavailable, "the week has changed meanwhile");
    cert::LightPassClaims claims{.issuer = issuer,
                                 .name = name,
                                 .birth_year = identity.birth ? static_cast<std::uint32_t>(identity.birth->year) : 0,
                                 .not_before = planned.start,
                                 .id = crypto::random_bytes<16>()};
    if (const auto checked = cert::check_claims(claims); !checked) {
      return fail(Errc::unsupported, "a pass cannot hold this: " + checked.error().detail);
    }
    const auto bytes = cert::light_pass_signed_bytes(claims, signer->second.id);
    to_sign[week].insert(to_sign[week].end(), bytes.begin(), bytes.end());
    out.push_back({.claims = std::move(claims), .window = planned.window});
  }
  for (const auto& [week, bytes] : to_sign) {
    TRYV(unit.log(log::OfficerEntry{.at = unit.now(),
                                    .action = std::string{pass_signed_action},
                                    .officer_key_digest = signers.at(week).digest,
                                    .case_digest = crypto::sha256(bytes)}));
  }
  return out;
}

}  // namespace

Result<PassStrip> issue_passes(const Platform& platform, const CitizenRef& citizen, unsigned days) {
  if (days == 0 || days > most_pass_days) {
    return fail(Errc::invalid_argument, "days: from 1 to " + std::to_string(most_pass_days));
  }
  const auto from = platform.clock.now();
  const auto until = from + std::chrono::days{days};
  TRY(signers, signers_until(platform, from, until));
  std::vector<Prepared> prepared;
  domain::StripPlan plan;
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRY(made, prepare(unit, platform, citizen, signers, plan, until));
    prepared = std::move(made);
    return ok();
  }));
  PassStrip out{.passes = {}, .without = std::move(plan.without)};
  for (const auto& each : prepared) {
    const auto& signer = signers.at(cert::pass_week(each.window.begin));
    TRY(signature, signer.signer->sign(cert::light_pass_signed_bytes(each.claims, signer.id)));
    out.passes.push_back({.text = cert::light_pass_text(
                              {.claims = each.claims, .key = signer.id, .signature = cert::lower_signature(signature)}),
                          .not_before = each.claims.not_before,
                          .expires = each.claims.expires(),
                          .window = each.window});
  }
  return out;
}

}  // namespace lindung::service
