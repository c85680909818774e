// What a verdict says of a person: the first letters of the names, and no more.
#pragma once

#include <string>
#include <string_view>

namespace lindung::cert {

// The first letter of a name, in upper case if it is a Latin one; empty for an empty name.
[[nodiscard]] std::string initial(std::string_view name);
// The first letters of up to three words of a full name.
[[nodiscard]] std::string initials_of_words(std::string_view name);

}  // namespace lindung::cert
