// The one door: a text of any format, found from how it begins.
#pragma once

#include <string_view>

#include "base/time.h"
#include "cert/acceptance.h"
#include "cert/trust_store.h"
#include "cert/verdict.h"

namespace lindung::cert {

// With `travel`, EU certificates are held to the rules of the country of arrival too. Never fails, whatever the text
// is: at most 8 KiB are looked at. Safe from many threads with one trust store.
[[nodiscard]] Verdict verify(std::string_view text, const TrustStore& trust, Moment at, const Travel* travel = nullptr);

[[nodiscard]] Format format_of(std::string_view text) noexcept;

}  // namespace lindung::cert
