// Strong ids: an id of one kind cannot be passed for another, and none is a string by accident.
#pragma once

#include <compare>
#include <cstddef>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"

namespace lindung {

// Rep is a ByteArray<N> or std::string. There is an explicit way in, and no conversion out: value() is the only door.
template <class Tag, class Rep>
class Id {
 public:
  Id() = default;
  explicit Id(Rep value) : value_{std::move(value)} {}
  [[nodiscard]] const Rep& value() const noexcept { return value_; }
  [[nodiscard]] BytesView bytes() const noexcept {
    if constexpr (std::is_same_v<Rep, std::string>) {
      return as_bytes(value_);
    } else {
      return value_;
    }
  }
  friend bool operator==(const Id&, const Id&) = default;
  friend auto operator<=>(const Id&, const Id&) = default;

 private:
  Rep value_{};
};

using CitizenRef = Id<struct CitizenRefTag, ByteArray<16>>;  // random; the distribution key of a person's rows
using VenueId = Id<struct VenueIdTag, ByteArray<16>>;
using RequestId = Id<struct RequestIdTag, ByteArray<16>>;
using LinkId = Id<struct LinkIdTag, ByteArray<16>>;
using PartnerId = Id<struct PartnerIdTag, std::string>;  // [a-z0-9-]{1,32}
using KeyId = Id<struct KeyIdTag, std::string>;          // [a-z0-9.-]{1,64}, a partner's or issuer's signing key
using IssuerId = Id<struct IssuerIdTag, std::string>;
using OfficerId = Id<struct OfficerIdTag, std::string>;

}  // namespace lindung

template <class Tag, class Rep>
struct std::hash<lindung::Id<Tag, Rep>> {
  std::size_t operator()(const lindung::Id<Tag, Rep>& id) const noexcept {
    const auto bytes = id.bytes();
    return std::hash<std::string_view>{}(lindung::as_text(bytes));
  }
};
