# Writes OUT.cpp and OUT.h, which hold the bytes of the file IN as lindung::embedded::SYMBOL (embed.cmake runs this).
file(READ ${IN} bytes HEX)
string(LENGTH "${bytes}" digits)
math(EXPR size "${digits} / 2")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
file(WRITE ${OUT}.h "#pragma once
#include <string_view>
namespace lindung::embedded {
extern const std::string_view ${SYMBOL};
}
")
file(WRITE ${OUT}.cpp "#include \"embedded/${SYMBOL}.h\"
namespace lindung::embedded {
namespace {
constexpr char contents[] = {${bytes}'\\0'};
}
const std::string_view ${SYMBOL}{contents, ${size}};
}
")
