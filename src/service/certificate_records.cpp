#include "service/certificate_records.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/certificate_facts.h"
#include "cert/reason.h"
#include "cert/trust_store.h"
#include "cert/verified_certificate.h"
#include "codec/base_n.h"
#include "crypto/digest.h"
#include "domain/holder_match.h"
#include "domain/import.h"
#include "domain/nik.h"
#include "domain/record.h"
#include "log/entry.h"
#include "service/batches.h"
#include "service/contact_cases.h"
#include "service/hands.h"
#include "service/import_receipt.h"
#include "service/issuer_days.h"
#include "service/logged_unit.h"
#include "service/partners.h"
#include "service/person_rows.h"
#include "service/platform.h"
#include "service/timeline_writer.h"
#include "store/blind_index.h"
#include "store/database.h"
#include "store/ring.h"

namespace lindung::service {
namespace {

constexpr std::string_view action = "certificate-records";
constexpr std::size_t longest_issuer = 64;

auto refused(std::string_view reason, std::string_view words) {
  return fail(Errc::denied, std::string{reason} + ": " + std::string{words});
}

// "certificate.de", "certificate.health.example.org": a name that no signing issuer's key stands behind.
IssuerId issuer_of(const cert::VerifiedCertificate& certificate) {
  std::string_view name = certificate.issuer();
  constexpr std::string_view scheme = "https://";
  if (name.starts_with(scheme)) name.remove_prefix(scheme.size());
  std::string out = "certificate.";
  for (const char c : name) {
    const bool is_capital = c >= 'A' && c <= 'Z';
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    out += is_capital ? static_cast<char>(c - 'A' + 'a') : is_plain ? c : '-';
  }
  out.resize(std::min(out.size(), longest_issuer));
  return IssuerId{std::move(out)};
}

// Blind, so that who knows a certificate does not find its holder in the database.
Result<std::string> import_id_of(const store::KeyRing& ring, const cert::VerifiedCertificate& certificate) {
  auto value = "certificate\n" + certificate.issuer() + "\n" + cert::identifier_of(certificate);
  if (value.ends_with('\n')) value += codec::hex(certificate.contents().signed_part);
  TRY(index, store::BlindIndex{ring}.of("person", as_bytes(value)));
  constexpr std::size_t id_size = 16;
  return "certificate-" + codec::hex(BytesView{index}.first(id_size));
}

// Somebody whose birth date nobody has told us was born when their number says.
KeptIdentity with_birth_of_number(KeptIdentity known, Moment now) {
  const auto nik = known.birth ? Result<domain::Nik>{fail(Errc::not_found)} : domain::parse_nik(known.nik);
  if (!nik) return known;
  const auto date = nik.value().birth_date(now);
  known.birth = domain::PartialDate{.year = static_cast<int>(date.year()),
                                    .month = static_cast<unsigned>(date.month()),
                                    .day = static_cast<unsigned>(date.day())};
  return known;
}

Result<void> check_holder(const KeptIdentity& known, const cert::CertificateFacts& told, bool is_confirmed) {
  if (!domain::is_same_name(known.name, told.name)) {
    return refused(holder_reason::name, "the name of the certificate is not the citizen's");
  }
  switch (domain::match_birth(known.birth, told.birth)) {
    case domain::BirthMatch::same: return ok();
    case domain::BirthMatch::differs:
      return refused(holder_reason::birth_date, "the birth date of the certificate is not the citizen's");
    case domain::BirthMatch::partly: break;
  }
  if (is_confirmed) return ok();
  return refused(holder_reason::part_of_birth_date,
                 "only a part of the birth date can be compared: see a document, then --confirmed-by-document");
}

Result<void> check_facts(const KeptIdentity& known, const std::vector<domain::Fact>& facts) {
  const domain::Identity person{.nik = {}, .passport = {}, .local = {}, .name = {}, .birth = known.birth};
  if (std::ranges::any_of(facts, [&](const auto& fact) { return domain::is_before_birth(fact, person); })) {
    return refused(holder_reason::content, "something in it was before the holder was born");
  }
  return ok();
}

// One certificate of one citizen, kept as an import is.
class Taking {
 public:
  Taking(const Platform& platform, const PresentedCertificate& presented, const CommandDigest& command)
      : platform_{platform}, presented_{presented}, command_{command} {}

  Result<CertificateReceipt> run(const cert::VerifiedCertificate& certificate) {
    const auto told = cert::facts_of(certificate, platform_.clock.now());
    if (!told) return refused(holder_reason::content, "there is nothing in it that we keep: " + told.error().detail);
    TRY(import_id, import_id_of(platform_.ring, certificate));
    receipt_.issuer = issuer_of(certificate);
    receipt_.import_id = std::move(import_id);
    receipt_.key = KeyId{certificate.contents().key_id};
    for (const auto& fact : told.value().facts) receipt_.records.push_back(kind_of(fact));
    signed_part_ = certificate.contents().signed_part;
    content_ = crypto::sha256(as_bytes(receipt_.import_id));
    TRYV(
        write_logged(platform_.database, platform_.clock, [&](LoggedUnit& unit) { return write(unit, told.value()); }));
    return receipt_;
  }

 private:
  [[nodiscard]] ImportName name() const {
    return {.issuer = receipt_.issuer, .import_id = receipt_.import_id, .content = content_};
  }

  Result<void> write(LoggedUnit& unit, const cert::CertificateFacts& told) {
    auto& transaction = unit.transaction();
    TimelineWriter timelines{platform_.ring};
    TRYV(timelines.begin(transaction));
    TRY(person, hold_citizen(unit, platform_, presented_.citizen));
    TRY(kept, read_identity(transaction, person));
    const auto known = with_birth_of_number(std::move(kept), unit.now());
    TRYV(check_holder(known, told, presented_.is_confirmed_by_document));
    TRYV(check_facts(known, told.facts));
    const Batch batch{.id = domain::batch_id(receipt_.issuer, receipt_.import_id),
                      .issuer = receipt_.issuer,
                      .import_id = receipt_.import_id,
                      .key = receipt_.key,
                      .content = content_,
                      .begun_at = unit.now(),
                      .part_rows = told.facts.size(),
                      .state = BatchState::done};
    TRYV(begin_batch(transaction, batch, signed_part_));
    TRY(before, find_receipt(transaction, platform_.ring, name()));
    if (before) return repeat(transaction, batch.id, *before);
    TRYV(write_records(transaction, timelines, person, batch, told.facts));
    return finish(unit, batch, told.facts.size());
  }

  Result<void> repeat(store::Transaction& transaction, const domain::BatchId& batch, const ImportReceipt& before) {
    TRY(citizens, citizens_of(transaction, batch));
    if (std::ranges::find(citizens, presented_.citizen) == citizens.end()) {
      return refused(holder_reason::other_citizen, "this certificate was taken in for somebody else");
    }
    receipt_.is_repeated = true;
    receipt_.log_index = before.log_index;
    return ok();
  }

  Result<void> write_records(store::Transaction& transaction, TimelineWriter& timelines, const OpenPerson& person,
                             const Batch& batch, const std::vector<domain::Fact>& facts) {
    for (std::size_t i = 0; i < facts.size(); ++i) {
      const domain::Record record{.id = domain::record_id(batch.id, std::to_string(i)),
                                  .issuer = batch.issuer,
                                  .batch = batch.id,
                                  .entered_at = batch.begun_at,
                                  .fact = facts[i]};
      TRYV(put_record(transaction, person, record, timelines.position()));
      TRYV(queue_if_confirmed(transaction, platform_.ring, person.citizen, record, batch.begun_at));
    }
    return timelines.write(transaction, person, batch.begun_at);
  }

  Result<void> finish(LoggedUnit& unit, const Batch& batch, std::uint64_t rows) {
    auto& transaction = unit.transaction();
    ImportReceipt kept{.balance = {.rows_in = rows, .accepted = rows, .rejected = 0, .quarantined = 0},
                       .rejected = {},
                       .quarantined = {},
                       .log_index = 0,
                       .is_repeated = false};
    TRYV(put_part(transaction, platform_.ring, batch.id, 0, {.balance = kept.balance, .quarantined = {}},
                  {presented_.citizen}));
    TRYV(add_to_issuer_day(transaction, batch.issuer, day_of(batch.begun_at), static_cast<std::int64_t>(rows)));
    TRY(index,
        unit.log(log::OfficerEntry{
            .at = unit.now(), .action = std::string{action}, .officer_key_digest = {}, .case_digest = command_}));
    kept.log_index = index;
    receipt_.log_index = index;
    receipt_.is_repeated = false;
    return put_receipt(transaction, platform_.ring, name(), kept, unit.now());
  }

  const Platform& platform_;
  const PresentedCertificate& presented_;
  const CommandDigest& command_;
  Hash content_{};
  Hash signed_part_{};  // stands where an import has its signature
  CertificateReceipt receipt_;
};

}  // namespace

Result<CertificateReceipt> take_certificate(const Platform& platform, const cert::TrustStore& trust,
                                            const PresentedCertificate& presented, const CommandDigest& command) {
  const auto examined = cert::examine(presented.text, trust, platform.clock.now());
  if (const auto& reason = examined.verdict.reason) {
    return refused(cert::name_of(*reason), cert::words_of(*reason));
  }
  if (!examined.certificate) return refused(holder_reason::content, "it says nothing of a person's health");
  return Taking{platform, presented, command}.run(*examined.certificate);
}

}  // namespace lindung::service
