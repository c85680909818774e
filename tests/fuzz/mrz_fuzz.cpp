// Machine-readable zones from strangers: whatever is read has fields of the standard's letters, and names that are no
// longer than their field.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/bytes.h"
#include "base/time.h"
#include "domain/mrz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lindung;
  const auto zone = domain::read_zone(as_text({data, size}), moment_of(1'795'262'400));
  if (!zone) return 0;
  const auto is_plain = [](std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
  };
  const auto& read = zone.value();
  if (!is_plain(read.number) || !is_plain(read.state) || read.number.size() > 22) std::abort();
  if (domain::joined_names(read).size() > 39 || !read.expiry.ok()) std::abort();
  return 0;
}
