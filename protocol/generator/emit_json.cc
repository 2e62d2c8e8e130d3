#include "protocol/generator/emit_json.h"

#include "protocol/generator/emit_decode.h"
#include "protocol/generator/emit_header.h"
#include "protocol/generator/names.h"
#include "protocol/generator/plan.h"
#include "protocol/generator/text_buffer.h"

namespace moldau::generator {
namespace {

bool widens(const Field& field) {
  return element_type(field) != "ErrorCode" && !is_strong_id(field) &&
         (field.kind == Kind::kInt8 || field.kind == Kind::kInt16 || field.kind == Kind::kUint16 ||
          field.kind == Kind::kInt32 || field.kind == Kind::kUint32);
}

/// Statement that writes one value of the field.
std::string write_statement(const Field& field, const std::string& value) {
  if (field.kind == Kind::kStruct) return "write(json, wire_version, " + value + ");";
  if (field.kind == Kind::kBytes) return "json.value(" + value + ".bytes);";
  if (widens(field)) return "json.value(std::int64_t{" + value + "});";
  return "json.value(" + value + ");";
}

void emit_write_value(TextBuffer& out, const Field& field, const std::string& value) {
  if (!field.is_array) {
    out.line(write_statement(field, value));
    return;
  }
  out.line("json.begin_array();");
  out.line("for (const auto& element : " + value + ") {");
  out.line(write_statement(field, "element"));
  out.line("}");
  out.line("json.end_array();");
}

void emit_write_field(TextBuffer& out, const Field& field) {
  const std::string member = "in." + snake_case(field.name);
  out.line("json.key(\"" + json_name(field.name) + "\");");
  if (!is_nullable(field)) {
    emit_write_value(out, field, member);
    return;
  }
  out.line("if (" + member + ") {");
  emit_write_value(out, field, "(*" + member + ")");
  out.line("} else {");
  out.line("json.null();");
  out.line("}");
}

void emit_write(TextBuffer& out, const Message& message, const Struct& structure) {
  out.line("void write(wire::JsonWriter& json, [[maybe_unused]] std::int16_t wire_version, " +
           std::string("[[maybe_unused]] const ") + qualified_name(message, structure) + "& in) {");
  out.line("json.begin_object();");
  for (const Field& field : structure.fields) {
    const std::string holds = condition(structure.versions, body_versions(field));
    if (holds != "false") {
      if (holds != "true") out.line("if (" + holds + ") {");
      emit_write_field(out, field);
      if (holds != "true") out.line("}");
    }
    const std::string tagged = condition(structure.versions, field.tagged_versions);
    if (tagged == "false") continue;
    std::string line = "if (";
    if (tagged != "true") line.append("(").append(tagged).append(") && ");
    out.line(line.append(differs_from_default(field, "in." + snake_case(field.name))).append(") {"));
    emit_write_field(out, field);
    out.line("}");
  }
  out.line("json.end_object();");
  out.line("}");
  out.line();
}

void emit_read_value(TextBuffer& out, const Field& field, const std::string& node, const std::string& value) {
  if (!field.is_array) {
    out.line(field.kind == Kind::kStruct ? "read(" + node + ", wire_version, " + value + ");"
                                         : node + ".get(" + value + ");");
    return;
  }
  out.line("auto& elements = " + value + ";");
  out.line("const std::size_t count = " + node + ".size();");
  out.line("elements.clear();");
  out.line("for (std::size_t i = 0; i < count; ++i) {");
  if (field.kind == Kind::kStruct) {
    out.line("read(" + node + "[i], wire_version, elements.emplace_back());");
  } else {
    out.line(element_type(field) + " element{};");
    out.line(node + "[i].get(element);");
    out.line("elements.push_back(element);");
  }
  out.line("}");
}

void emit_read_field(TextBuffer& out, const Field& field, const std::string& node) {
  const std::string member = "out." + snake_case(field.name);
  if (!is_nullable(field)) {
    emit_read_value(out, field, node, member);
    return;
  }
  out.line("if (" + node + ".is_null()) {");
  out.line(member + ".reset();");
  out.line("} else {");
  emit_read_value(out, field, node, member + ".emplace()");
  out.line("}");
}

void emit_read(TextBuffer& out, const Message& message, const Struct& structure) {
  out.line("void read(const wire::JsonNode& json, [[maybe_unused]] std::int16_t wire_version, " +
           std::string("[[maybe_unused]] ") + qualified_name(message, structure) + "& out) {");
  out.line("(void)json;");
  for (const Field& field : structure.fields) {
    if (field.versions.empty()) continue;
    const std::string name = "\"" + json_name(field.name) + "\"";
    const std::string mandatory = condition(structure.versions, body_versions(field));
    out.line("if (const auto node = json.find(" + name + ")) {");
    emit_read_field(out, field, "(*node)");
    if (mandatory != "false") {
      out.line(mandatory == "true" ? "} else {" : "} else if (" + mandatory + ") {");
      out.line("json.require_member(" + name + ");");
    }
    out.line("}");
  }
  out.line("}");
  out.line();
}

}  // namespace

std::string info_function(const Message& message) {
  return snake_case(message.name) + "_info";
}

std::string emit_json(const Message& message) {
  TextBuffer out;
  out.line("// Generated by protocol/generator from schemas/; do not edit.");
  out.line("#include \"" + header_path(message) + "\"");
  out.line("#include \"protocol/wire/json_node.h\"");
  out.line("#include \"protocol/wire/json_writer.h\"");
  out.line("#include \"protocol/wire/message_info.h\"");
  out.line();
  out.line("namespace moldau::protocol {");
  out.line("namespace {");
  out.line();
  out.line("using M = " + message.name + ";");
  out.line();
  for (const Struct& structure : message.structs) {
    emit_write(out, message, structure);
  }
  for (const Struct& structure : message.structs) {
    emit_read(out, message, structure);
  }
  out.line("}  // namespace");
  out.line();
  out.line("void M::write_json(std::int16_t wire_version, wire::JsonWriter& json) const {");
  out.line("write(json, wire_version, *this);");
  out.line("}");
  out.line();
  out.line("void M::read_json(std::int16_t wire_version, const wire::JsonNode& json) {");
  out.line("read(json, wire_version, *this);");
  out.line("}");
  out.line();
  out.line("wire::MessageInfo " + info_function(message) + "();");
  out.line("wire::MessageInfo " + info_function(message) + "() {");
  out.line("return wire::message_info<M>(\"" + message.type + "\", " +
           (message.api_key ? std::to_string(*message.api_key) : std::string("-1")) + ");");
  out.line("}");
  out.line();
  out.line("}  // namespace moldau::protocol");
  return out.text();
}

}  // namespace moldau::generator
