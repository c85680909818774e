#include "service/certificates.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/certificate_draft.h"
#include "cert/hc1_issue.h"
#include "cert/shc_issue.h"
#include "cert/verdict.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "domain/record.h"
#include "log/entry.h"
#include "service/authority.h"
#include "service/certificate_rows.h"
#include "service/hands.h"
#include "service/logged_unit.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "service/signers.h"
#include "store/database.h"

namespace lindung::service {

namespace {

constexpr int most_tries = 3;

SignerKind kind_for(cert::Format format) {
  return format == cert::Format::shc ? SignerKind::card : SignerKind::document;
}

Result<std::string> read_region(const Platform& platform, const CitizenRef& citizen) {
  std::string region;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(person, open_person(transaction, platform.ring, citizen));
    TRY(identity, read_identity(transaction, person));
    region = region_of(identity);
    return ok();
  }));
  return region;
}

Result<domain::Record> chosen(std::vector<domain::Record> records, const CertificateWish& wish) {
  if (wish.record) {
    const auto found = std::ranges::find(records, *wish.record, &domain::Record::id);
    if (found == records.end()) return fail(Errc::not_found, "this citizen has no such record");
    return std::move(*found);
  }
  std::ranges::sort(records, [](const auto& a, const auto& b) {
    return std::pair{domain::moment_of(b.fact), b.id} < std::pair{domain::moment_of(a.fact), a.id};
  });
  const auto newest = std::ranges::find_if(records, [&](const domain::Record& record) {
    return cert::statement_of(records, record, wish.format).has_value();
  });
  if (newest == records.end()) return fail(Errc::unsupported, "no record that such a certificate tells of");
  return std::move(*newest);
}

// What is there already of this record in this form.
struct Earlier {
  std::optional<KeptCertificate> issued;
  std::optional<KeptCertificate> pending;
  std::optional<CertificateId> outdated;  // issued by a key that was taken back
};

Result<Earlier> find_earlier(store::Transaction& transaction, const OpenPerson& person, const domain::RecordId& record,
                             cert::Format format, Moment now) {
  TRY(all, read_certificates(transaction, person));
  Earlier out;
  for (auto& each : all) {
    if (each.record != record || each.content.format != format || each.expires <= now) continue;
    if (each.state == CertificateState::pending) {
      out.pending = std::move(each);
      continue;
    }
    if (each.state != CertificateState::issued) continue;
    TRY(is_revoked, is_signer_revoked(transaction, each.kid));
    if (is_revoked) {
      out.outdated = each.id;
    } else {
      out.issued = std::move(each);
    }
  }
  return out;
}

// Random parts, drawn outside of the unit, which may run more than once.
struct Drawn {
  CertificateId id;
  ByteArray<16> name{};
};

struct Ground {
  const CertificateWish& wish;
  const KeptSigner& signer;
  const Drawn& drawn;
};

Result<KeptCertificate> draft(LoggedUnit& unit, const Platform& platform, const OpenPerson& person,
                              const Ground& ground, const cert::Statement& statement, const KeptCertificate* pending) {
  TRY(authority, find_authority_names(unit.transaction(), platform.ring));
  TRY(identity, read_identity(unit.transaction(), person));
  if (identity.name.empty()) return fail(Errc::conflict, "this citizen has no name here");
  const bool is_card = ground.wish.format == cert::Format::shc;
  if (is_card && authority.card_issuer.empty()) {
    return fail(Errc::conflict, "the authority has no address for health cards (lindung pki init --card-issuer)");
  }
  KeptCertificate out;
  out.id = ground.drawn.id;
  out.kid = ground.signer.kid;
  out.issued = unit.now();
  out.expires = cert::valid_until(statement, out.issued);
  if (pending != nullptr) {  // what nobody has signed keeps its place and identifier, under another key
    out.id = pending->id;
    out.name = pending->name;
    out.replaces = pending->replaces;
  } else {
    out.name = is_card ? cert::make_rid(ground.drawn.name) : cert::make_uvci(authority.country, ground.drawn.name);
  }
  out.content.format = ground.wish.format;
  const cert::CertificateDraft content{
      .holder = {.name = identity.name, .birth_date = identity.birth ? cert::birth_text(*identity.birth) : ""},
      .statement = statement,
      .country = authority.country,
      .authority = authority.organisation,
      .address = authority.card_issuer,
      .issued = out.issued,
      .expires = out.expires,
      .identifier = out.name};
  out.content = is_card ? cert::make_shc(content, as_text(out.kid)) : cert::make_hc1(content, out.kid);
  return out;
}

Result<KeptCertificate> prepare(LoggedUnit& unit, const Platform& platform, const Ground& ground) {
  auto& transaction = unit.transaction();
  TRY(person, hold_citizen(unit, platform, ground.wish.citizen));
  TRY(is_revoked, is_signer_revoked(transaction, ground.signer.kid));
  if (is_revoked) return fail(Errc::denied, "this signer was taken back");
  TRY(records, read_records(transaction, person));
  TRY(record, chosen(records, ground.wish));
  TRY(statement, cert::statement_of(records, record, ground.wish.format));
  TRY(earlier, find_earlier(transaction, person, record.id, ground.wish.format, unit.now()));
  if (earlier.issued) return std::move(*earlier.issued);
  if (earlier.pending && earlier.pending->kid == ground.signer.kid) return std::move(*earlier.pending);
  TRY(made, draft(unit, platform, person, ground, statement, earlier.pending ? &*earlier.pending : nullptr));
  made.record = record.id;
  if (earlier.outdated) made.replaces = earlier.outdated;
  if (earlier.pending) {
    TRYV(forget_key(transaction, person.citizen, earlier.pending->id, earlier.pending->kid));
  }
  const auto digest = crypto::sha256(cert::to_be_signed(made.content));
  TRY(index, unit.log(log::OfficerEntry{.at = unit.now(),
                                        .action = std::string{certificate_signed},
                                        .officer_key_digest = ground.signer.key_digest,
                                        .case_digest = digest}));
  made.log_index = index;
  TRYV(put_certificate(transaction, person, made));
  TRYV(register_certificate(transaction, person.citizen, made, digest));
  return made;
}

Result<void> mark_replaced(store::Transaction& transaction, const OpenPerson& person, const CertificateId& id) {
  TRY(old, read_certificate(transaction, person, id));
  if (old.state != CertificateState::issued) return ok();
  old.state = CertificateState::replaced;
  TRYV(put_certificate(transaction, person, old));
  return forget_key(transaction, person.citizen, old.id, old.kid);
}

}  // namespace

Result<PreparedCertificate> prepare_certificate(const Platform& platform, const CertificateWish& wish) {
  TRY(region, read_region(platform, wish.citizen));
  TRY(signer, current_signer(platform, kind_for(wish.format), region));
  const Drawn drawn{.id = CertificateId{crypto::random_bytes<16>()}, .name = crypto::random_bytes<16>()};
  PreparedCertificate out{.certificate = {}, .signer = std::move(signer)};
  TRYV(write_logged(platform.database, platform.clock, [&](LoggedUnit& unit) -> Result<void> {
    TRY(made, prepare(unit, platform, {.wish = wish, .signer = out.signer, .drawn = drawn}));
    out.certificate = std::move(made);
    return ok();
  }));
  return out;
}

Result<KeptCertificate> sign_certificate(const Platform& platform, const CitizenRef& citizen,
                                         const PreparedCertificate& prepared) {
  const auto& logged = prepared.certificate;
  TRY(signature, sign_with(platform.ring, prepared.signer, cert::to_be_signed(logged.content)));
  KeptCertificate out;
  TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    TRY(person, lock_person(transaction, platform.ring, citizen));
    TRY(kept, read_certificate(transaction, person, logged.id));
    // Another one may have been here: the first signature stays.
    if (kept.state == CertificateState::pending && kept.kid == logged.kid) {
      kept.state = CertificateState::issued;
      kept.signature = signature;
      TRYV(put_certificate(transaction, person, kept));
      if (kept.replaces) {
        TRYV(mark_replaced(transaction, person, *kept.replaces));
      }
    }
    out = std::move(kept);
    return ok();
  }));
  if (out.state != CertificateState::issued) return fail(Errc::conflict, "it was taken back meanwhile");
  return out;
}

Result<KeptCertificate> issue_certificate(const Platform& platform, const CertificateWish& wish) {
  for (int tries = 1;; ++tries) {
    const auto done = [&]() -> Result<KeptCertificate> {
      TRY(prepared, prepare_certificate(platform, wish));
      if (prepared.certificate.state == CertificateState::issued) return std::move(prepared.certificate);
      return sign_certificate(platform, wish.citizen, prepared);
    }();
    // A week may have ended, or the key been taken back, in between.
    if (done.has_value() || done.error().code != Errc::denied || tries == most_tries) return done;
  }
}

Result<CertificatesOf> list_certificates(const Platform& platform, const CitizenRef& citizen) {
  CertificatesOf out;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(person, open_person(transaction, platform.ring, citizen));
    TRY(records, read_records(transaction, person));
    TRY(certificates, read_certificates(transaction, person));
    std::ranges::sort(records, {}, [](const domain::Record& r) { return std::pair{domain::moment_of(r.fact), r.id}; });
    out = {.records = std::move(records), .certificates = std::move(certificates)};
    return ok();
  }));
  return out;
}

Result<KeptCertificate> find_certificate(const Platform& platform, std::string_view name) {
  std::optional<KeptCertificate> out;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(named, find_named(transaction, name));
    TRY(person, open_person(transaction, platform.ring, named.citizen));
    TRY(certificate, read_certificate(transaction, person, named.id));
    out = std::move(certificate);
    return ok();
  }));
  return std::move(*out);
}

}  // namespace lindung::service
