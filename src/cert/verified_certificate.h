// A certificate that has passed every step of a verification, with what it says. Only examine() makes one: who takes
// records or a person's name out of a certificate cannot have forgotten to verify it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/time.h"
#include "cert/contents.h"
#include "cert/trust_store.h"
#include "cert/verdict.h"

namespace lindung::cert {

struct Examination;

// Privacy: as Contents.
class VerifiedCertificate {
 public:
  [[nodiscard]] Format format() const noexcept { return format_; }
  [[nodiscard]] const std::string& issuer() const noexcept { return issuer_; }  // a country of two letters, an address
  [[nodiscard]] const Contents& contents() const noexcept { return contents_; }

 private:
  friend Examination examine(std::string_view text, const TrustStore& trust, Moment at);
  VerifiedCertificate(Format format, std::string issuer, Contents contents)
      : format_{format}, issuer_{std::move(issuer)}, contents_{std::move(contents)} {}
  Format format_;
  std::string issuer_;
  Contents contents_;
};

struct Examination {
  Verdict verdict;
  std::optional<VerifiedCertificate> certificate;  // only of a valid one that says something of a person
};

// As verify(), and what a valid certificate says.
[[nodiscard]] Examination examine(std::string_view text, const TrustStore& trust, Moment at);

}  // namespace lindung::cert
