// One-time codes to telephones. A code belongs to one try: in one browser, whose cookie finds it, or in one approval of
// a session. What somebody else tries elsewhere counts for nothing here, so that nobody can lock anybody out.
//
// A number gets at most five codes of six digits a day. From then on its codes have twelve digits, of which one an hour
// is sent; it serves every try of that hour, so that a stranger who asks again and again silences nobody, and twelve
// digits are beyond guessing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "people/ground.h"
#include "people/phone.h"
#include "store/database.h"

namespace lindung::people {

inline constexpr seconds code_life{600};
inline constexpr std::int64_t most_tries = 5;         // of one try's code
inline constexpr std::int64_t short_codes_a_day = 5;  // for one number

// Makes a try under this token, and sends a code where one is due. The same work for every number.
// Errors: those of the database and of Messages::post.
[[nodiscard]] Result<void> send_code(const Ground& ground, BytesView token, const Phone& phone);

// Counts one of the tries, whatever comes of it. Gives the number that the code was sent to. Errors: denied, "code",
// for a wrong code, one that is over or was tried too often, and an unknown token.
[[nodiscard]] Result<Phone> check_code(const Ground& ground, BytesView token, std::string_view code);

// In the unit that the code was for: it serves no second time. Errors: denied, "code", when it is gone.
[[nodiscard]] Result<void> spend_code(store::Transaction& transaction, const Ground& ground, BytesView token);

// Deletes tries and challenges that are over.
[[nodiscard]] Result<void> forget_old_tries(const service::Platform& platform);

}  // namespace lindung::people
