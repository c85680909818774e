// What a log asks of a witness: a new checkpoint, with the proof that it continues the one that the witness knows. The
// body of POST add-checkpoint of C2SP tlog-witness.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace lindung::log {

inline constexpr std::size_t witness_proof_limit = 63;             // C2SP tlog-witness, "add-checkpoint"
inline constexpr std::size_t witness_request_limit = 64UL * 1024;  // of the body; 63 lines and 64 signatures fit well

struct WitnessRequest {
  std::uint64_t old_size{};
  std::vector<Hash> proof;
  std::string checkpoint;  // the signed note as it stands; not looked into here
  // Shape: "old N", a line of base64 for each hash, an empty line, the note.
  [[nodiscard]] std::string encode() const;
};

// Errors: malformed for anything but what encode() gives; too_large over the limits.
[[nodiscard]] Result<WitnessRequest> parse_witness_request(std::string_view body);

// "20852163\n", what a witness answers with 409. Errors: malformed for a second spelling of a number, or none.
[[nodiscard]] Result<std::uint64_t> parse_witness_size(std::string_view body);

}  // namespace lindung::log
