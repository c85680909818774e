// Pages for people without a line of script: text is escaped, nothing is loaded, nothing is framed.
#pragma once

#include <string>
#include <string_view>

#include "http/message.h"

namespace lindung::api {

// Text between tags or inside a quoted attribute.
[[nodiscard]] std::string escape_html(std::string_view text);

// A whole page with the headers that such pages have. Shape: `body` is HTML, `title` is not.
[[nodiscard]] http::Response html_page(unsigned status, std::string_view title, std::string_view body);

}  // namespace lindung::api
