#include "store/postgres_parameters.h"

#include <libpq-fe.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/bytes.h"
#include "store/database.h"

namespace lindung::store {

namespace {

constexpr int binary = 1;

// Element lengths are 32 bits with a sign; a statement of 2 GiB fails in libpq, long after one of its elements would.
template <class Element, class Append>
Bytes array_of(std::span<const Element> elements, Oid type, std::size_t size_hint, Append append) {
  Message message{20 + size_hint};
  message.be(std::uint32_t{elements.empty() ? 0U : 1U});  // dimensions
  message.be(std::uint32_t{0});                           // no element is NULL
  message.be(std::uint32_t{type});
  if (elements.empty()) return std::move(message).take();
  message.be(static_cast<std::uint32_t>(elements.size()));
  message.be(std::uint32_t{1});  // the first index
  for (const auto& element : elements) append(message, element);
  return std::move(message).take();
}

void append_bytes(Message& message, BytesView bytes) {
  message.be(static_cast<std::uint32_t>(bytes.size()));
  message.raw(bytes);
}

template <class Element>
std::size_t size_of(std::span<const Element> elements) {
  std::size_t size = 0;
  for (const auto& element : elements) size += 4 + element.size();
  return size;
}

Bytes encode(std::int64_t value) {
  Bytes bytes(sizeof value);
  put_be(MutableBytes{bytes}, static_cast<std::uint64_t>(value));
  return bytes;
}

}  // namespace

PostgresParameters::PostgresParameters(std::span<const Param> params) {
  types_.reserve(params.size());
  values_.reserve(params.size());
  lengths_.reserve(params.size());
  own_.reserve(params.size());
  formats_.assign(params.size(), binary);
  const auto add = [&](char kind, Oid type, BytesView bytes) {
    signature_ += kind;
    types_.push_back(type);
    values_.push_back(bytes.data() == nullptr ? "" : as_text(bytes).data());  // null would mean NULL
    lengths_.push_back(static_cast<int>(bytes.size()));
  };
  const auto add_own = [&](char kind, Oid type, Bytes bytes) {
    own_.push_back(std::move(bytes));
    add(kind, type, own_.back());
  };
  for (const auto& param : params) {
    std::visit(
        [&](const auto& value) {
          using Value = std::remove_cvref_t<decltype(value)>;
          if constexpr (std::is_same_v<Value, std::monostate>) {
            add('n', 0, {});
            values_.back() = nullptr;
          } else if constexpr (std::is_same_v<Value, std::int64_t>) {
            add_own('i', type_int8, encode(value));
          } else if constexpr (std::is_same_v<Value, std::string_view>) {
            add('t', type_text, as_bytes(value));
          } else if constexpr (std::is_same_v<Value, BytesView>) {
            add('b', type_bytea, value);
          } else if constexpr (std::is_same_v<Value, std::span<const std::int64_t>>) {
            add_own('I', type_int8_array,
                    array_of(value, type_int8, value.size() * 12, [](Message& message, std::int64_t element) {
                      message.be(std::uint32_t{8}).be(static_cast<std::uint64_t>(element));
                    }));
          } else if constexpr (std::is_same_v<Value, std::span<const BytesView>>) {
            add_own('B', type_bytea_array, array_of(value, type_bytea, size_of(value), append_bytes));
          } else {
            add_own('T', type_text_array,
                    array_of(value, type_text, size_of(value), [](Message& message, std::string_view element) {
                      append_bytes(message, as_bytes(element));
                    }));
          }
        },
        param);
  }
}

}  // namespace lindung::store
