// The one door: a text of any format, found from how it begins.
#pragma once

#include <string_view>

#include "base/time.h"
#include "cert/trust_store.h"
#include "cert/verdict.h"

namespace lindung::cert {

// Never fails, whatever the text is: at most 8 KiB are looked at. Safe from many threads with one trust store.
[[nodiscard]] Verdict verify(std::string_view text, const TrustStore& trust, Moment at);

[[nodiscard]] Format format_of(std::string_view text) noexcept;

}  // namespace lindung::cert
