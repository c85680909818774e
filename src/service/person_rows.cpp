#include "service/person_rows.h"

#include <cstdint>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/secret.h"
#include "domain/timeline.h"
#include "store/sealing.h"

namespace lindung::service {

namespace {

constexpr std::uint32_t row_version = 1;

store::RowAddress timeline_address(const CitizenRef& citizen) {
  return {.table = "timeline", .primary_key = citizen.bytes(), .version = row_version};
}

}  // namespace

Bytes seal_timeline(const Secret<32>& citizen_key, const CitizenRef& citizen, const domain::Timeline& timeline) {
  return store::seal_under(citizen_key, timeline_address(citizen), domain::encode(timeline));
}

Result<domain::Timeline> open_timeline(const Secret<32>& citizen_key, const CitizenRef& citizen, BytesView sealed) {
  TRY(plain, store::open_under(citizen_key, timeline_address(citizen), sealed));
  return domain::decode_timeline(plain);
}

}  // namespace lindung::service
