// The two kinds of answers with a body: for whoever asked alone, and for any page.
#pragma once

#include <boost/json/value.hpp>
#include <string>

#include "http/message.h"

namespace lindung::api {

// Kept by no cache.
[[nodiscard]] http::Response private_answer(std::string content_type, std::string body);
[[nodiscard]] http::Response private_json(const boost::json::value& value);

// What is public may be read by any web page.
void open_to_pages(http::Response& response);
[[nodiscard]] http::Response open_json(const boost::json::value& value);

}  // namespace lindung::api
