#include "service/visit.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "store/sealing.h"

namespace lindung::service {

namespace {

constexpr std::uint32_t row_version = 1;
constexpr std::size_t open_visit_size = 16 + 8 + 8 + 8;
constexpr std::size_t event_size = 16 + 16 + 8 + 8;  // out = 0: not yet

store::RowAddress open_visit_address(const CitizenRef& citizen) {
  return {.table = "open_visit", .primary_key = citizen.bytes(), .version = row_version};
}

ByteArray<13> event_key(Day day, std::uint64_t log_index, VisitPart part) {
  ByteArray<13> key;
  const MutableBytes out{key};
  put_be(out, day.number);
  put_be(out.subspan(4), log_index);
  key[12] = static_cast<std::uint8_t>(part);
  return key;
}

ByteArray<16> tag_of(const Secret<32>& day_key, std::string_view label, BytesView id) {
  constexpr ByteArray<1> separator{0};
  const auto mac = crypto::hmac_sha256(day_key.view(), {as_bytes(label), separator, id});
  return take<16>(mac);
}

Moment moment_at(BytesView in, std::size_t offset) { return moment_of(get_be<std::uint64_t>(in.subspan(offset, 8))); }

}  // namespace

Bytes seal_open_visit(const Secret<32>& citizen_key, const CitizenRef& citizen, const OpenVisit& visit) {
  Message plain{open_visit_size};
  plain.raw(visit.venue.bytes()).be(unix_seconds(visit.in_at)).be(unix_seconds(visit.due_at)).be(visit.log_index);
  return store::seal_under(citizen_key, open_visit_address(citizen), plain.view());
}

Result<OpenVisit> open_open_visit(const Secret<32>& citizen_key, const CitizenRef& citizen, BytesView sealed) {
  TRY(plain, store::open_under(citizen_key, open_visit_address(citizen), sealed));
  if (plain.size() != open_visit_size) return fail(Errc::corrupt, "open_visit: length");
  const BytesView in{plain};
  return OpenVisit{.venue = VenueId{take<16>(in)},
                   .in_at = moment_at(in, 16),
                   .due_at = moment_at(in, 24),
                   .log_index = get_be<std::uint64_t>(in.subspan(32, 8))};
}

Bytes seal_visit_event(const Secret<32>& day_key, Day day, std::uint64_t log_index, VisitPart part,
                       const VisitEvent& event) {
  Message plain{event_size};
  plain.raw(event.citizen.bytes())
      .raw(event.venue.bytes())
      .be(unix_seconds(event.in_at))
      .be(event.out_at ? unix_seconds(*event.out_at) : std::uint64_t{0});
  const auto key = event_key(day, log_index, part);
  return store::seal_under(day_key, {.table = "visit", .primary_key = key, .version = row_version}, plain.view());
}

Result<VisitEvent> open_visit_event(const Secret<32>& day_key, Day day, std::uint64_t log_index, VisitPart part,
                                    BytesView sealed) {
  const auto key = event_key(day, log_index, part);
  TRY(plain, store::open_under(day_key, {.table = "visit", .primary_key = key, .version = row_version}, sealed));
  if (plain.size() != event_size) return fail(Errc::corrupt, "visit: length");
  const BytesView in{plain};
  const auto out_at = moment_at(in, 40);
  return VisitEvent{.citizen = CitizenRef{take<16>(in)},
                    .venue = VenueId{take<16>(in.subspan(16))},
                    .in_at = moment_at(in, 32),
                    .out_at = out_at == Moment{} ? std::nullopt : std::optional{out_at}};
}

ByteArray<16> visit_tag(const Secret<32>& day_key, const CitizenRef& citizen) {
  return tag_of(day_key, "lindung visit tag v1", citizen.bytes());
}

ByteArray<16> venue_tag(const Secret<32>& day_key, const VenueId& venue) {
  return tag_of(day_key, "lindung venue tag v1", venue.bytes());
}

}  // namespace lindung::service
