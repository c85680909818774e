// What a certificate says to somebody who looks at it on paper: read, and not verified by that.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "cert/verdict.h"

namespace lindung::cert {

enum class FactKind : std::uint8_t {
  vaccine,
  dose,
  vaccinated_on,
  test,
  result,
  sampled_at,
  first_positive,
  valid_from
};

struct Fact {
  FactKind kind{};
  std::string value;
  friend bool operator==(const Fact&, const Fact&) = default;
};

// Privacy: a person's name, birth date and health facts. What the certificate does not say is empty.
struct Face {
  Format format{Format::unknown};
  std::string content;  // "vaccination", "test", "recovery", "health-records", "light-pass"
  std::string name;
  std::string plain_name;  // in the letters of travel documents, where the certificate has it
  std::string birth;       // 1990-02-17, or a part of it
  std::string issuer;
  std::optional<Moment> not_before;
  std::optional<Moment> expires;
  std::string id;
  std::vector<Fact> facts;
};

// An HC1 of the EU's form, a SMART Health Card, or a light pass. Errors: malformed, with the step and the reason;
// unsupported for other formats and contents.
[[nodiscard]] Result<Face> read_face(std::string_view text);

}  // namespace lindung::cert
