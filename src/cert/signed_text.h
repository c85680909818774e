// What a certificate's text says about its own signature, before anybody believes it: enough to look it up in the log
// of signatures and among what was revoked.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "cert/refusal.h"
#include "cert/verdict.h"

namespace lindung::cert {

struct SignedText {
  Format format{};
  Bytes kid;           // of a card: its letters
  Bytes signed_bytes;  // the Sig_structure; of a card header and payload
  std::string name;    // UVCI or rid; empty: it has none
};

// Of HC1 and SHC; of a text with several cards, the first. Errors: those of reading; unsupported_format for another
// format. Not here: whether the signature holds.
[[nodiscard]] Checked<SignedText> read_signed_text(std::string_view text);

}  // namespace lindung::cert
