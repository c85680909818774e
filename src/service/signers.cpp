#include "service/signers.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/certificate_draft.h"
#include "cert/shc_issue.h"
#include "cert/signer.h"
#include "codec/base_n.h"
#include "codec/cbor.h"
#include "crypto/ecdsa.h"
#include "crypto/x509_certificate.h"
#include "crypto/x509_issue.h"
#include "log/entry.h"
#include "service/authority.h"
#include "service/logged_unit.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "store/database.h"
#include "store/ring.h"
#include "store/sealing.h"

namespace lindung::service {

namespace {

constexpr std::uint32_t row_version = 1;
constexpr std::uint64_t items = 13;
constexpr std::uint64_t monday = 3;  // 1970-01-01 was a Thursday: days from the Monday before it
constexpr std::uint64_t days_a_week = 7;
constexpr unsigned most_in_one_place = 1'000;

Bytes address_key(const SignerPlace& place) {
  return Message{}.u8(static_cast<std::uint8_t>(place.kind)).be(place.epoch).text(place.scope).take();
}

store::KeyName key_name(const SignerPlace& place) {
  return {.cls = place.kind == SignerKind::document ? store::KeyClass::document_signer : store::KeyClass::card_signer,
          .scope = place.scope,
          .epoch = place.epoch};
}

Moment start_of_year(std::uint64_t year) {
  return Moment{std::chrono::sys_days{std::chrono::year{static_cast<int>(year)} / 1 / 1}};
}

std::uint64_t epoch_of(SignerKind kind, Moment at) {
  if (kind == SignerKind::document) return week_of(at);
  const std::chrono::year_month_day today{std::chrono::floor<std::chrono::days>(at)};
  return static_cast<std::uint64_t>(static_cast<int>(today.year()));
}

crypto::Period period_of(const SignerPlace& place) {
  if (place.kind == SignerKind::card) {
    return {.from = start_of_year(place.epoch), .until = start_of_year(place.epoch + 1)};
  }
  return {.from = start_of_week(place.epoch), .until = start_of_week(place.epoch + 1)};
}

// "2026-W47": the ISO week is of the year that its Thursday is in.
std::string week_text(std::uint64_t week) {
  const auto thursday = std::chrono::floor<std::chrono::days>(start_of_week(week)) + std::chrono::days{monday};
  const std::chrono::year_month_day date{thursday};
  const auto day = (thursday - std::chrono::sys_days{date.year() / 1 / 1}).count();
  const auto number = std::to_string((day / static_cast<long>(days_a_week)) + 1);
  return std::to_string(static_cast<int>(date.year())) + "-W" + (number.size() == 1 ? "0" : "") + number;
}

Result<Bytes> seal(const store::KeyRing& ring, const KeptSigner& signer) {
  codec::CborWriter out;
  out.array(items)
      .uint(1)
      .uint(static_cast<std::uint64_t>(signer.place.kind))
      .text(signer.place.scope)
      .uint(signer.place.epoch)
      .bytes(signer.kid)
      .bytes(signer.public_point)
      .bytes(signer.key_digest)
      .bytes(signer.certificate)
      .uint(unix_seconds(signer.use.from))
      .uint(unix_seconds(signer.use.until))
      .uint(unix_seconds(signer.made_at))
      .uint(signer.log_index)
      .uint(signer.revoked_at ? unix_seconds(*signer.revoked_at) + 1 : 0);
  const auto key = address_key(signer.place);
  return store::RowSealer{ring}.seal({.table = "signer", .primary_key = key, .version = row_version}, out.view());
}

Result<KeptSigner> open(const store::KeyRing& ring, const SignerPlace& place, BytesView sealed) {
  const auto key = address_key(place);
  TRY(plain, store::RowSealer{ring}.open({.table = "signer", .primary_key = key, .version = row_version}, sealed));
  codec::CborReader in{plain};
  TRY(count, in.array());
  TRY(version, in.uint());
  if (count != items || version != 1) return fail(Errc::corrupt, "signer: version");
  TRY(kind, in.uint());
  TRY(scope, in.text());
  TRY(epoch, in.uint());
  TRY(kid, in.bytes());
  TRY(point, in.bytes());
  TRY(key_digest, in.fixed<32>());
  TRY(der, in.bytes());
  TRY(from, in.uint());
  TRY(until, in.uint());
  TRY(made_at, in.uint());
  TRY(log_index, in.uint());
  TRY(revoked, in.uint());
  TRYV(in.end());
  KeptSigner out{.place = {.kind = static_cast<SignerKind>(kind), .scope = std::string{scope}, .epoch = epoch},
                 .kid = to_bytes(kid),
                 .public_point = to_bytes(point),
                 .key_digest = key_digest,
                 .certificate = to_bytes(der),
                 .use = {.from = moment_of(from), .until = moment_of(until)},
                 .made_at = moment_of(made_at),
                 .log_index = log_index,
                 .revoked_at = {}};
  if (revoked != 0) out.revoked_at = moment_of(revoked - 1);
  if (out.place != place) return fail(Errc::corrupt, "signer: of another place");
  return out;
}

struct Sealed {
  SignerPlace place;
  Bytes bytes;
};
Sealed sealed_of(const store::Row& row) {
  return {.place = {.kind = static_cast<SignerKind>(row.integer(0)),
                    .scope = std::string{row.text(1)},
                    .epoch = static_cast<std::uint64_t>(row.integer(2))},
          .bytes = to_bytes(row.bytes(3))};
}

Result<std::optional<KeptSigner>> read_signer(store::Transaction& transaction, const store::KeyRing& ring,
                                              const SignerPlace& place) {
  std::optional<Sealed> found;
  TRYV(transaction.run(
      store::Sql{"SELECT kind, scope, epoch, sealed FROM signer WHERE kind = $1 AND scope = $2 AND epoch = $3"},
      {static_cast<std::int64_t>(place.kind), std::string_view{place.scope}, static_cast<std::int64_t>(place.epoch)},
      [&](const store::Row& row) { found = sealed_of(row); }));
  if (!found) return std::optional<KeptSigner>{};
  TRY(signer, open(ring, place, found->bytes));
  return std::optional{std::move(signer)};
}

Result<void> put_signer(store::Transaction& transaction, const store::KeyRing& ring, const KeptSigner& signer) {
  TRY(sealed, seal(ring, signer));
  TRYV(transaction.run(store::Sql{"INSERT INTO signer (kind, scope, epoch, kid, sealed) VALUES ($1, $2, $3, $4, $5) "
                                  "ON CONFLICT (kind, scope, epoch) DO UPDATE SET sealed = excluded.sealed"},
                       {static_cast<std::int64_t>(signer.place.kind), std::string_view{signer.place.scope},
                        static_cast<std::int64_t>(signer.place.epoch), BytesView{signer.kid}, BytesView{sealed}}));
  return ok();
}

// Of the key that the ring has for the place.
Result<KeptSigner> draft_of(const Platform& platform, const SignerPlace& place, const Authority& authority,
                            Moment now) {
  TRY(key, signing_key(platform.ring, key_name(place)));
  KeptSigner out;
  out.place = place;
  out.public_point = key->public_point();
  TRY(digest, public_key_digest(out.public_point));
  out.key_digest = digest;
  out.use = period_of(place);
  out.made_at = now;
  if (place.kind == SignerKind::card) {
    out.kid = to_bytes(as_bytes(cert::card_kid(out.public_point)));
    return out;
  }
  out.use.from = std::max(out.use.from, authority.certificate.not_before());
  TRY(authority_key, authority_signer(platform));
  // Test, vaccination, recovery (eHealth Network, volume 4).
  TRY(certificate,
      crypto::issue_signer(
          *authority_key, authority.certificate,
          {.names = {.country = authority.names.country,
                     .organisation = authority.names.organisation,
                     .common_name = "DSC " + place.scope + " " + week_text(place.epoch)},
           .public_point = out.public_point,
           .valid = {.from = out.use.from,
                     .until = std::min(out.use.until + cert::longest_validity, authority.certificate.not_after())},
           .key_use = out.use,
           .usages = {"1.3.6.1.4.1.1847.2021.1.1", "1.3.6.1.4.1.1847.2021.1.2", "1.3.6.1.4.1.1847.2021.1.3"}}));
  out.certificate = certificate.der();
  out.kid = to_bytes(BytesView{certificate.fingerprint()}.first(cert::kid_size));
  return out;
}

// The ring has the key. Whoever comes first writes the row; all others find it.
Result<KeptSigner> introduce(const Platform& platform, const SignerPlace& place) {
  TRY(authority, find_authority(platform));
  TRY(draft, draft_of(platform, place, authority, platform.clock.now()));
  KeptSigner out;
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRY(known, read_signer(unit.transaction(), platform.ring, place));
    if (known) {
      out = std::move(*known);
      return ok();
    }
    out = draft;
    TRY(index, unit.log(log::KeyEntry{.at = unit.now(),
                                      .owner = pki_owner,
                                      .use = std::string{name_of(place.kind)},
                                      .key_id = kid_text(out),
                                      .public_key_digest = out.key_digest,
                                      .added = true}));
    out.log_index = index;
    return put_signer(unit.transaction(), platform.ring, out);
  }));
  return out;
}

Result<std::vector<KeptSigner>> read_all(store::Transaction& transaction, const store::KeyRing& ring) {
  std::vector<Sealed> rows;
  TRYV(transaction.run(store::Sql{"SELECT kind, scope, epoch, sealed FROM signer ORDER BY kind, scope, epoch"}, {},
                       [&](const store::Row& row) { rows.push_back(sealed_of(row)); }));
  std::vector<KeptSigner> out;
  out.reserve(rows.size());
  for (const auto& row : rows) {
    TRY(signer, open(ring, row.place, row.bytes));
    out.push_back(std::move(signer));
  }
  return out;
}

}  // namespace

std::string_view name_of(SignerKind kind) noexcept {
  return kind == SignerKind::document ? "document-signer" : "card-signer";
}

std::string kid_text(const KeptSigner& signer) {
  return signer.place.kind == SignerKind::document ? codec::hex(signer.kid) : std::string{as_text(signer.kid)};
}

Result<Bytes> kid_of_text(std::string_view text) {
  constexpr std::size_t thumbprint_letters = 43;
  if (text.size() == thumbprint_letters) return to_bytes(as_bytes(text));
  auto kid = codec::from_hex(text);
  if (kid.has_error() || kid.value().size() != cert::kid_size) {
    return fail(Errc::invalid_argument, "kid: 16 hexadecimal digits, or the thumbprint of a card signer, are needed");
  }
  return kid;
}

std::uint64_t week_of(Moment at) noexcept { return (day_of(at).number + monday) / days_a_week; }

Moment start_of_week(std::uint64_t week) noexcept {
  const auto day = week * days_a_week;
  return start_of(Day{static_cast<std::uint32_t>(day < monday ? 0 : day - monday)});
}

std::string region_of(const KeptIdentity& identity) {
  constexpr std::size_t province_digits = 2;
  return identity.nik.size() < province_digits ? "00" : identity.nik.substr(0, province_digits);
}

Result<KeptSigner> current_signer(const Platform& platform, SignerKind kind, std::string_view region) {
  const std::string base{kind == SignerKind::document ? region : std::string_view{"all"}};
  SignerPlace place{.kind = kind, .scope = base, .epoch = epoch_of(kind, platform.clock.now())};
  for (unsigned number = 2; number <= most_in_one_place; ++number) {
    std::optional<KeptSigner> known;
    TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
      TRYV(find_authority_names(transaction, platform.ring));
      TRY(found, read_signer(transaction, platform.ring, place));
      known = std::move(found);
      return ok();
    }));
    if (!known || !known->revoked_at) {
      const auto period = period_of(place);
      const auto there = ensure_signing_key(
          platform.ring, {.name = key_name(place), .number = 0, .not_before = period.from, .not_after = period.until});
      if (there.has_value()) return known ? std::move(*known) : introduce(platform, place);
      if (there.error().code != Errc::denied) return there.error();
    }
    place.scope = base + "-" + std::to_string(number);
  }
  return fail(Errc::too_large, "too many signers of this region were taken back");
}

Result<crypto::Es256Signature> sign_with(const store::KeyRing& ring, const KeptSigner& signer, BytesView message) {
  TRY(key, signing_key(ring, key_name(signer.place)));
  return key->sign(message);
}

Result<std::vector<KeptSigner>> list_signers(const Platform& platform) {
  std::vector<KeptSigner> signers;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(read, read_all(transaction, platform.ring));
    signers = std::move(read);
    return ok();
  }));
  return signers;
}

Result<bool> is_signer_revoked(store::Transaction& transaction, BytesView kid) {
  TRY(rows, transaction.run(store::Sql{"SELECT revoked_at FROM revoked_signer WHERE kid = $1"}, {kid},
                            [](const store::Row&) {}));
  return rows != 0;
}

Result<KeptSigner> revoke_signer(const Platform& platform, BytesView kid) {
  KeptSigner out;
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRY(signers, read_all(unit.transaction(), platform.ring));
    const auto found =
        std::ranges::find_if(signers, [&](const KeptSigner& each) { return std::ranges::equal(each.kid, kid); });
    if (found == signers.end()) return fail(Errc::not_found, "no signer of ours has this kid");
    out = std::move(*found);
    if (out.revoked_at) return ok();
    out.revoked_at = unit.now();
    TRYV(unit.log(log::KeyEntry{.at = unit.now(),
                                .owner = pki_owner,
                                .use = std::string{name_of(out.place.kind)},
                                .key_id = kid_text(out),
                                .public_key_digest = out.key_digest,
                                .added = false}));
    TRYV(unit.transaction().run(store::Sql{"INSERT INTO revoked_signer (kid, revoked_at) VALUES ($1, $2)"},
                                {BytesView{out.kid}, static_cast<std::int64_t>(unix_seconds(unit.now()))}));
    return put_signer(unit.transaction(), platform.ring, out);
  }));
  TRYV(platform.ring.destroy(key_name(out.place)));
  return out;
}

Result<std::size_t> end_old_signers(const Platform& platform) {
  struct Old {
    std::vector<store::KeyName> keys;
    std::map<std::string, std::vector<std::uint64_t>> periods;  // by what the log calls them
  } old;
  for (const auto kind : {SignerKind::document, SignerKind::card}) {
    const auto current = epoch_of(kind, platform.clock.now());
    TRY(infos, platform.ring.list(key_name({.kind = kind, .scope = {}, .epoch = 0}).cls));
    for (const auto& info : infos) {
      if (info.name.epoch >= current) continue;
      old.keys.push_back(info.name);
      auto& periods = old.periods[std::string{name_of(kind)} + "s"];
      if (std::ranges::find(periods, info.name.epoch) == periods.end()) periods.push_back(info.name.epoch);
    }
  }
  if (old.keys.empty()) return 0;
  // Logged first: a key may be destroyed twice, but never without a trace.
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    for (const auto& [what, periods] : old.periods) {
      for (const auto period : periods) {
        TRYV(unit.log(log::RetentionEntry{.at = unit.now(), .what = what, .period = period}));
      }
    }
    return ok();
  }));
  TRYV(platform.ring.destroy_all(old.keys));
  return old.keys.size();
}

}  // namespace lindung::service
