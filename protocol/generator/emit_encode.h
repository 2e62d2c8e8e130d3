#pragma once

#include "protocol/generator/model.h"
#include "protocol/generator/text_buffer.h"

namespace moldau::generator {

/// The function template `put(sink, version, in)` of one struct, for wire::Sizer and wire::Writer.
void emit_encode(TextBuffer& out, const Message& message, const Struct& structure);

}  // namespace moldau::generator
