#include "service/visit_index_page.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "store/sealing.h"

namespace lindung::service {

namespace {

constexpr std::uint32_t row_version = 1;
constexpr std::size_t key_size = 16;
constexpr std::size_t group_head = key_size + 2;
constexpr std::size_t stay_size = 16 + 4 + 4;
constexpr std::size_t segment_size = 8 + 8 + 1;
constexpr std::size_t group_max = 65'535;

ByteArray<29> address_key(const PageName& name) {
  ByteArray<29> key;
  const MutableBytes out{key};
  put_be(out, name.day.number);
  out[4] = static_cast<std::uint8_t>(name.kind);
  put_be(out.subspan(5), name.segment);
  put_be(out.subspan(9), name.page);
  std::ranges::copy(name.first, out.subspan(13).begin());
  return key;
}

Bytes seal(const Secret<32>& day_key, const PageName& name, BytesView plain) {
  const auto key = address_key(name);
  return store::seal_under(day_key, {.table = "visit_index", .primary_key = key, .version = row_version}, plain);
}

Result<Bytes> open(const Secret<32>& day_key, const PageName& name, BytesView sealed) {
  const auto key = address_key(name);
  return store::open_under(day_key, {.table = "visit_index", .primary_key = key, .version = row_version}, sealed);
}

PageName segment_name(Day day, std::uint32_t number) {
  return {.day = day, .kind = IndexKind::segment, .segment = number, .page = 0, .first = {}};
}

auto damaged() { return fail(Errc::corrupt, "visit_index: length"); }

}  // namespace

// Shape: { tag(16) | count(2) | count times: other(16) | in(4) | length(4) }
Bytes seal_index_page(const Secret<32>& day_key, const PageName& name, std::span<const IndexedStay> stays) {
  Message plain{stays.size() * (group_head + stay_size)};
  for (std::size_t from = 0; from < stays.size();) {
    auto end = from;
    while (end < stays.size() && end - from < group_max && stays[end].key == stays[from].key) ++end;
    plain.raw(stays[from].key).be(static_cast<std::uint16_t>(end - from));
    for (; from < end; ++from) plain.raw(stays[from].other).be(stays[from].in).be(stays[from].length);
  }
  auto bytes = plain.take();
  auto sealed = seal(day_key, name, bytes);
  wipe(bytes.data(), bytes.size());
  return sealed;
}

Result<std::vector<IndexedStay>> open_index_page(const Secret<32>& day_key, const PageName& name, BytesView sealed) {
  TRY(plain, open(day_key, name, sealed));
  std::vector<IndexedStay> stays;
  stays.reserve(plain.size() / stay_size);
  for (BytesView in{plain}; !in.empty();) {
    if (in.size() < group_head) return damaged();
    const auto key = take<key_size>(in);
    const std::size_t count = get_be<std::uint16_t>(in.subspan(key_size, 2));
    in = in.subspan(group_head);
    if (in.size() < count * stay_size) return damaged();
    for (std::size_t i = 0; i < count; ++i, in = in.subspan(stay_size)) {
      stays.push_back({.key = key,
                       .other = take<16>(in),
                       .in = get_be<std::uint32_t>(in.subspan(16, 4)),
                       .length = get_be<std::uint32_t>(in.subspan(20, 4))});
    }
  }
  wipe(plain.data(), plain.size());
  return stays;
}

Bytes seal_segment(const Secret<32>& day_key, Day day, std::uint32_t number, const IndexSegment& segment) {
  Message plain{segment_size};
  plain.be(segment.up_to).be(segment.rows).u8(segment.is_last ? 1 : 0);
  return seal(day_key, segment_name(day, number), plain.view());
}

Result<IndexSegment> open_segment(const Secret<32>& day_key, Day day, std::uint32_t number, BytesView sealed) {
  TRY(plain, open(day_key, segment_name(day, number), sealed));
  if (plain.size() != segment_size) return damaged();
  const BytesView in{plain};
  return IndexSegment{.up_to = get_be<std::uint64_t>(in.first(8)),
                      .rows = get_be<std::uint64_t>(in.subspan(8, 8)),
                      .is_last = in[16] == 1};
}

}  // namespace lindung::service
