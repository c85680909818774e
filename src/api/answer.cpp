#include "api/answer.h"

#include <boost/json/value.hpp>
#include <string>
#include <utility>

#include "codec/json.h"
#include "http/message.h"

namespace lindung::api {

http::Response private_answer(std::string content_type, std::string body) {
  http::Response response;
  response.content_type = std::move(content_type);
  response.fields.emplace_back("Cache-Control", "no-store");
  response.body = std::move(body);
  return response;
}

http::Response private_json(const boost::json::value& value) {
  return private_answer("application/json", codec::to_text(value));
}

void open_to_pages(http::Response& response) { response.fields.emplace_back("Access-Control-Allow-Origin", "*"); }

http::Response open_json(const boost::json::value& value) {
  http::Response response;
  open_to_pages(response);
  response.content_type = "application/json";
  response.body = codec::to_text(value);
  return response;
}

}  // namespace lindung::api
