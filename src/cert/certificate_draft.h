// What a certificate of ours says, before it has a form: who, one fact, by whom, for how long. And what every form
// comes to: the bytes that are signed, so that they can be logged before anybody signs them, and the text once somebody
// has.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "cert/verdict.h"
#include "crypto/ecdsa.h"
#include "domain/import.h"
#include "domain/record.h"

namespace lindung::cert {

// Privacy: personal data.
struct Holder {
  std::string name;        // as it is written; all of it is the primary identifier, since nobody here divides names
  std::string birth_date;  // "1964-08-12", "1964-08", "1964", or empty
};
[[nodiscard]] std::string birth_text(const domain::PartialDate& date);

struct Statement {
  domain::Fact fact;
  unsigned dose{};   // of a vaccination: which one it is
  unsigned doses{};  // and of how many, as the EU counts: 2/2, a booster 3/3, behind a single dose 2/1
};

// What a record says among the others of its person. Errors: unsupported, with why, for what no certificate of this
// format says: contacts, exemptions, antibodies, results that are open, vaccines without a name or against anything but
// COVID-19, recoveries on a health card.
[[nodiscard]] Result<Statement> statement_of(std::span<const domain::Record> records, const domain::Record& record,
                                             Format format);

// How long a certificate of it is valid, at most.
[[nodiscard]] Moment valid_until(const Statement& statement, Moment issued);
inline constexpr std::chrono::days longest_validity{366};

struct CertificateDraft {
  Holder holder;
  Statement statement;
  std::string country;    // two letters
  std::string authority;  // its name
  std::string address;    // of the issuer of health cards: "https://…"
  Moment issued;
  Moment expires;
  std::string identifier;  // of an HC1 the UVCI, of a card the rid: 128 random bits, so that what is logged hides all
};

// One that waits for its signature.
struct UnsignedCertificate {
  Format format{};
  Bytes head;     // protected header, or header of the JWS
  Bytes payload;  // claims, or the compressed JSON
};
[[nodiscard]] Bytes to_be_signed(const UnsignedCertificate& certificate);
[[nodiscard]] std::string text_of(const UnsignedCertificate& certificate, const crypto::Es256Signature& signature);

// Of 128 random bits.
[[nodiscard]] std::string make_uvci(std::string_view country, const ByteArray<16>& random);
[[nodiscard]] std::string make_rid(const ByteArray<16>& random);

[[nodiscard]] std::string date_text(Moment at);  // "2026-11-22", UTC

}  // namespace lindung::cert
