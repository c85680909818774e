// Contacts become facts: one record for each person, derived into their colours, a few people a unit.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/rule_set.h"
#include "service/contact_trace.h"
#include "service/platform.h"
#include "store/database.h"

namespace lindung::service {

using TraceId = ByteArray<16>;

// The issuer that these records name.
inline constexpr std::string_view trace_issuer = "lindung-trace";

// Tells a person, in the unit that writes their fact: once, and only if it is committed.
using TellContact =
    std::function<Result<void>(store::Transaction&, const CitizenRef&, const domain::Text& notice, Moment now)>;

// Returns how many people have the fact of this trace now. A record's id follows from trace and citizen under a key of
// the ring: written again it is the same, and the database's owner cannot tell which records are of one trace. Who was
// erased meanwhile is left out. Errors: those of TimelineWriter; those of `tell`.
[[nodiscard]] Result<std::uint64_t> write_contact_facts(const Platform& platform, const TraceId& trace,
                                                        const Contacts& contacts, const TellContact& tell);
// Takes the facts of this trace back from those of these people who have them, and returns how many had. Errors: as
// above.
[[nodiscard]] Result<std::uint64_t> end_contact_facts(const Platform& platform, const TraceId& trace,
                                                      const Contacts& contacts, const TellContact& tell);

}  // namespace lindung::service
