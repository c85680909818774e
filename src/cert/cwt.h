// Claims of a CBOR Web Token (RFC 8392). What is read is not verified by that: signature and clock are checked by who
// asks for the claims.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/time.h"
#include "cert/refusal.h"
#include "codec/cbor_tree.h"

namespace lindung::cert {

// Seconds since 1970, whole or not (RFC 8392 section 2, NumericDate).
using NumericDate = double;

class Cwt {
 public:
  // Shape: `payload` outlives the claims. Errors (of the step that is given): cbor; cwt unless a map; claim_type.
  [[nodiscard]] static Checked<Cwt> read(BytesView payload, Step step);

  [[nodiscard]] std::string_view issuer() const noexcept { return issuer_; }  // empty: none
  [[nodiscard]] std::optional<NumericDate> expires() const noexcept { return expires_; }
  [[nodiscard]] std::optional<NumericDate> not_before() const noexcept { return not_before_; }
  [[nodiscard]] std::optional<NumericDate> issued() const noexcept { return issued_; }
  [[nodiscard]] codec::CborItem claims() const noexcept { return tree_.root(); }

 private:
  explicit Cwt(codec::CborTree tree) : tree_{std::move(tree)} {}
  codec::CborTree tree_;
  std::string issuer_;
  std::optional<NumericDate> expires_;
  std::optional<NumericDate> not_before_;
  std::optional<NumericDate> issued_;
};

[[nodiscard]] inline NumericDate numeric_date(Moment at) noexcept {
  return static_cast<NumericDate>(at.time_since_epoch().count());
}
[[nodiscard]] Moment moment_of_date(NumericDate date) noexcept;  // whole seconds, downwards

// Errors (step validity): not_yet_valid, expired. A bound that is not there is none.
struct ValidityWindow {
  std::optional<NumericDate> from;
  std::optional<NumericDate> until;
  // RFC 8392 and 7519 refuse at the moment of `until`; the EU refuses after it (volume 1, claim exp).
  bool until_counts{};
};
[[nodiscard]] Checked<void> check_window(const ValidityWindow& window, Moment at);

}  // namespace lindung::cert
