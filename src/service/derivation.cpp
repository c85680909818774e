#include "service/derivation.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "codec/cbor.h"
#include "service/platform.h"
#include "service/rule_set_rows.h"
#include "service/settings.h"
#include "service/timeline_sweep.h"
#include "store/database.h"

namespace lindung::service {

namespace {

struct Standing {
  std::uint64_t generation{};
  DerivationProgress progress;
  std::optional<CitizenRef> last;  // none: at the beginning, or at the end
};

Bytes encode(const Standing& standing) {
  codec::CborWriter out;
  out.array(6)
      .uint(1)
      .uint(standing.generation)
      .uint(standing.progress.citizens)
      .uint(standing.progress.of)
      .uint(standing.progress.is_complete ? 1 : 0)
      .bytes(standing.last ? standing.last->bytes() : BytesView{});
  return std::move(out).take();
}

Result<Standing> decode(BytesView stored) {
  codec::CborReader in{stored};
  TRY(items, in.array());
  TRY(version, in.uint());
  if (items != 6 || version != 1) return fail(Errc::corrupt, "derivation: version");
  TRY(generation, in.uint());
  TRY(citizens, in.uint());
  TRY(of, in.uint());
  TRY(is_complete, in.uint());
  TRY(last, in.bytes());
  TRYV(in.end());
  Standing standing{.generation = generation,
                    .progress = {.citizens = citizens, .of = of, .is_complete = is_complete != 0},
                    .last = {}};
  if (last.size() == CitizenRef{}.bytes().size()) standing.last = CitizenRef{take<16>(last)};
  return standing;
}

// Where the derivation of the rule set that is proposed now stands; none when there is none.
Result<std::optional<Standing>> read_standing(store::Transaction& transaction) {
  TRY(proposal, find_proposed_rule_set(transaction));
  if (!proposal) return std::optional<Standing>{};
  TRY(stored, read_setting(transaction, setting::derivation));
  if (stored) {
    TRY(standing, decode(*stored));
    if (standing.generation == proposal->generation) return std::optional{standing};
  }
  return std::optional{Standing{.generation = proposal->generation, .progress = {}, .last = {}}};
}

Result<std::optional<Standing>> read_standing(const Platform& platform) {
  std::optional<Standing> standing;
  TRYV(platform.database.read([&](store::Transaction& transaction) -> Result<void> {
    TRY(found, read_standing(transaction));
    standing = found;
    return ok();
  }));
  return standing;
}

}  // namespace

Result<bool> go_on_deriving(const Platform& platform, std::size_t most) {
  TRY(standing, read_standing(platform));
  if (!standing || standing->progress.is_complete) return false;
  if (!standing->last) {
    TRY(of, count_citizens(platform));
    standing->progress.of = of;
  }
  const auto part = derive_proposed(platform, standing->last, most);
  if (part.has_error() && part.error().code == Errc::conflict) return true;  // another one is proposed meanwhile
  TRYV(part);
  standing->progress.citizens += part.value().citizens;
  standing->progress.is_complete = !part.value().last;
  standing->last = part.value().last;
  TRYV(platform.database.write([&](store::Transaction& transaction) -> Result<void> {
    return write_setting(transaction, setting::derivation, encode(*standing));
  }));
  return true;
}

Result<std::optional<DerivationProgress>> derivation_progress(const Platform& platform) {
  TRY(standing, read_standing(platform));
  return standing ? std::optional{standing->progress} : std::optional<DerivationProgress>{};
}

}  // namespace lindung::service
