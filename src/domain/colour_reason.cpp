#include "domain/colour_reason.h"

#include <cstdint>

#include "base/error.h"
#include "base/result.h"
#include "domain/hand.h"
#include "domain/rule_set.h"

namespace lindung::domain {

Result<ColourReason> reason_of(const RuleSet& rules, std::uint8_t rule) {
  static const Text set_by_officers{.id = "Warna ini ditetapkan oleh petugas atas dasar hukum, untuk sementara.",
                                    .en = "This colour was set by officers on a legal basis, for a time."};
  static const Text under_dispute{.id = "Keberatan atas status ini sedang diperiksa.",
                                  .en = "A dispute of this status is being checked."};
  if (rule == override_rule) return ColourReason{.id = override_id, .text = &set_by_officers};
  if (rule == dispute_rule) return ColourReason{.id = dispute_id, .text = &under_dispute};
  if (rule >= rules.colours().size()) return fail(Errc::corrupt, "a step names a rule that its rule set does not have");
  const auto& decided = rules.colours()[rule];
  return ColourReason{.id = decided.id, .text = &decided.reason};
}

}  // namespace lindung::domain
