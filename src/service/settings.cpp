#include "service/settings.h"

#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "store/database.h"

namespace lindung::service {

Result<std::optional<Bytes>> read_setting(store::Transaction& transaction, std::string_view name) {
  std::optional<Bytes> value;
  TRYV(transaction.run(store::Sql{"SELECT value FROM setting WHERE name = $1"}, {name},
                       [&](const store::Row& row) { value = to_bytes(row.bytes(0)); }));
  return value;
}

Result<void> write_setting(store::Transaction& transaction, std::string_view name, BytesView value) {
  TRYV(transaction.run(store::Sql{"INSERT INTO setting (name, value) VALUES ($1, $2) "
                                  "ON CONFLICT (name) DO UPDATE SET value = excluded.value"},
                       {name, value}));
  return ok();
}

}  // namespace lindung::service
