// Generated from schema/config.schema.json by scripts/generate.ts. Don't edit: run `npm run generate`.
// @ts-nocheck
"use strict";
export const validateConfig = validate10;
const schema11 = {"$schema":"http://json-schema.org/draft-07/schema#","$id":"mlflow-auth:config","title":"ConfigFile","description":"mlflow-auth.yaml: which credentials and run tags reach which MLflow server.","type":"object","additionalProperties":false,"required":["version"],"properties":{"$schema":{"description":"For editors.","type":"string"},"version":{"description":"The version of this format.","const":1},"trackingUri":{"description":"Short form, one server: the address of the MLflow server. In its place `servers` lists several.","type":"string","x-env":["MLFLOW_TRACKING_URI"],"examples":["https://mlflow.example.com","${MLFLOW_TRACKING_URI}"]},"auth":{"$ref":"#/$defs/auth"},"headers":{"$ref":"#/$defs/headers"},"tags":{"$ref":"#/$defs/tags"},"allowInsecure":{"$ref":"#/$defs/allowInsecure"},"tls":{"$ref":"#/$defs/tls"},"anonymous":{"$ref":"#/$defs/anonymous"},"gateway":{"$ref":"#/$defs/gateway"},"connections":{"$ref":"#/$defs/connections"},"servers":{"description":"Long form: several servers, each with its own credentials.","type":"array","minItems":1,"items":{"$ref":"#/$defs/server"}},"plugins":{"description":"Plugin instances by name. The name is also the plugin's, unless `plugin` says otherwise.","type":"object","propertyNames":{"pattern":"^[A-Za-z0-9][A-Za-z0-9._-]*$"},"additionalProperties":{"$ref":"#/$defs/instance"}}},"$defs":{"auth":{"description":"The instances asked for a credential, in this order; the first that gives one wins. `[]` means none. Default: the only one that can authenticate.","type":["string","array"],"items":{"type":"string"}},"headers":{"description":"The instances that add headers. One that only authenticates adds its credential as a second one, for a front before MLflow's own login. `[]` means none. Default: every enabled one that has headers.","type":["string","array"],"items":{"type":"string"}},"tags":{"description":"The instances that add run tags; of two that set the same tag the later wins. `[]` means none. Default: every enabled one that can.","type":["string","array"],"items":{"type":"string"}},"allowInsecure":{"description":"Whether credentials may travel over plain http to a host that is not loopback. Through HTTP_PROXY they go in a tunnel (CONNECT); a proxy that opens none needs the host in NO_PROXY.","type":"boolean","default":false},"tls":{"description":"TLS towards this server. Files are read again within a second of a change, without a restart.","type":"object","additionalProperties":false,"properties":{"ca":{"description":"PEM file of the authorities to trust in place of the system's.","$ref":"mlflow-auth:values#/$defs/path","x-env":["MLFLOW_TRACKING_SERVER_CERT_PATH","REQUESTS_CA_BUNDLE","CURL_CA_BUNDLE","SSL_CERT_FILE"]},"cert":{"description":"PEM file of the client certificate.","$ref":"mlflow-auth:values#/$defs/path","x-env":["MLFLOW_TRACKING_CLIENT_CERT_PATH"]},"key":{"description":"PEM file of the client certificate's key. Default: the file that `cert` names.","$ref":"mlflow-auth:values#/$defs/path"},"insecureSkipVerify":{"description":"Accepts any certificate. Only for a test server.","type":"boolean","x-env":["MLFLOW_TRACKING_INSECURE_TLS"]}}},"anonymous":{"description":"`allowed`: where a plugin of `auth` answers that a request needs no credential, it goes out without one. Else that answer counts as a failure, and the request is not sent.","const":"allowed"},"connections":{"description":"How many requests `exec` and `proxy` send to this server at a time; more wait for one to end, and a warning tells when one has waited for 5 s. Default: 64. The library has no limit.","type":"integer","minimum":1,"maximum":10000,"examples":[256]},"gateway":{"description":"MLflow's AI gateway, below `/gateway/` of this server, which passes headers on to LLM providers. Without this a request there carries the credential only where MLflow is known to keep it to itself, and is refused elsewhere.","type":"object","additionalProperties":false,"required":["header"],"properties":{"header":{"description":"The header in which the credential goes to the gateway, whatever version of MLflow answers. The risk: unless MLflow or a proxy in front of it takes that header off, the LLM provider gets the credential and can use it.","type":"string","pattern":"^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$","x-expects":"the name of a header","examples":["X-MLflow-Authorization","Authorization"]}}},"server":{"description":"One MLflow server.","type":"object","additionalProperties":false,"required":["uri"],"properties":{"uri":{"description":"Scheme, host, port and base path. The leftmost label of the host may be, or hold, one `*`.","type":"string","examples":["https://mlflow.example.com/base","https://*.staging.example.com"]},"auth":{"$ref":"#/$defs/auth"},"headers":{"$ref":"#/$defs/headers"},"tags":{"$ref":"#/$defs/tags"},"allowInsecure":{"$ref":"#/$defs/allowInsecure"},"tls":{"$ref":"#/$defs/tls"},"anonymous":{"$ref":"#/$defs/anonymous"},"gateway":{"$ref":"#/$defs/gateway"},"connections":{"$ref":"#/$defs/connections"}}},"instance":{"description":"A plugin with its options.","type":"object","additionalProperties":true,"properties":{"plugin":{"description":"The plugin's entry-point name, where the instance has another name.","type":"string"},"package":{"description":"The package to take the plugin from, where several provide that name.","type":"string","pattern":"^(?=.{1,214}$)(?:@[a-z0-9][a-z0-9._~-]*/)?[a-z0-9][a-z0-9._~-]*$","x-expects":"the name of a package, such as `@team/plugin-x`"},"enabled":{"description":"False: as if the instance were not in the file.","type":"boolean","default":true},"optional":{"description":"True: if its headers or tags fail, the request goes on without them, with a warning. Credentials are never optional, so it is refused for a plugin that only authenticates.","type":"boolean","default":false},"timeout":{"description":"How long a caller waits for it. The fetch itself goes on, for the next caller.","$ref":"mlflow-auth:values#/$defs/duration","default":"15s"}}}}};
const schema12 = {"description":"The instances asked for a credential, in this order; the first that gives one wins. `[]` means none. Default: the only one that can authenticate.","type":["string","array"],"items":{"type":"string"}};
const schema13 = {"description":"The instances that add headers. One that only authenticates adds its credential as a second one, for a front before MLflow's own login. `[]` means none. Default: every enabled one that has headers.","type":["string","array"],"items":{"type":"string"}};
const schema14 = {"description":"The instances that add run tags; of two that set the same tag the later wins. `[]` means none. Default: every enabled one that can.","type":["string","array"],"items":{"type":"string"}};
const schema15 = {"description":"Whether credentials may travel over plain http to a host that is not loopback. Through HTTP_PROXY they go in a tunnel (CONNECT); a proxy that opens none needs the host in NO_PROXY.","type":"boolean","default":false};
const schema21 = {"description":"`allowed`: where a plugin of `auth` answers that a request needs no credential, it goes out without one. Else that answer counts as a failure, and the request is not sent.","const":"allowed"};
const schema22 = {"description":"MLflow's AI gateway, below `/gateway/` of this server, which passes headers on to LLM providers. Without this a request there carries the credential only where MLflow is known to keep it to itself, and is refused elsewhere.","type":"object","additionalProperties":false,"required":["header"],"properties":{"header":{"description":"The header in which the credential goes to the gateway, whatever version of MLflow answers. The risk: unless MLflow or a proxy in front of it takes that header off, the LLM provider gets the credential and can use it.","type":"string","pattern":"^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$","x-expects":"the name of a header","examples":["X-MLflow-Authorization","Authorization"]}}};
const schema23 = {"description":"How many requests `exec` and `proxy` send to this server at a time; more wait for one to end, and a warning tells when one has waited for 5 s. Default: 64. The library has no limit.","type":"integer","minimum":1,"maximum":10000,"examples":[256]};
const func2 = Object.prototype.hasOwnProperty;
const schema16 = {"description":"TLS towards this server. Files are read again within a second of a change, without a restart.","type":"object","additionalProperties":false,"properties":{"ca":{"description":"PEM file of the authorities to trust in place of the system's.","$ref":"mlflow-auth:values#/$defs/path","x-env":["MLFLOW_TRACKING_SERVER_CERT_PATH","REQUESTS_CA_BUNDLE","CURL_CA_BUNDLE","SSL_CERT_FILE"]},"cert":{"description":"PEM file of the client certificate.","$ref":"mlflow-auth:values#/$defs/path","x-env":["MLFLOW_TRACKING_CLIENT_CERT_PATH"]},"key":{"description":"PEM file of the client certificate's key. Default: the file that `cert` names.","$ref":"mlflow-auth:values#/$defs/path"},"insecureSkipVerify":{"description":"Accepts any certificate. Only for a test server.","type":"boolean","x-env":["MLFLOW_TRACKING_INSECURE_TLS"]}}};
const schema18 = {"title":"Path","description":"The path of a file, relative to the folder of the configuration file.","x-value":"path","x-expects":"the path of a file","type":"string","pattern":"\\S"};
const pattern0 = new RegExp("\\S", "u");

function validate11(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!((((key0 === "ca") || (key0 === "cert")) || (key0 === "key")) || (key0 === "insecureSkipVerify"))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.ca !== undefined){
let data0 = data.ca;
if(typeof data0 === "string"){
if(!pattern0.test(data0)){
const err1 = {instancePath:instancePath+"/ca",schemaPath:"mlflow-auth:values#/$defs/path/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\""};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
else {
const err2 = {instancePath:instancePath+"/ca",schemaPath:"mlflow-auth:values#/$defs/path/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.cert !== undefined){
let data1 = data.cert;
if(typeof data1 === "string"){
if(!pattern0.test(data1)){
const err3 = {instancePath:instancePath+"/cert",schemaPath:"mlflow-auth:values#/$defs/path/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\""};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
else {
const err4 = {instancePath:instancePath+"/cert",schemaPath:"mlflow-auth:values#/$defs/path/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.key !== undefined){
let data2 = data.key;
if(typeof data2 === "string"){
if(!pattern0.test(data2)){
const err5 = {instancePath:instancePath+"/key",schemaPath:"mlflow-auth:values#/$defs/path/pattern",keyword:"pattern",params:{pattern: "\\S"},message:"must match pattern \""+"\\S"+"\""};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/key",schemaPath:"mlflow-auth:values#/$defs/path/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.insecureSkipVerify !== undefined){
if(typeof data.insecureSkipVerify !== "boolean"){
const err7 = {instancePath:instancePath+"/insecureSkipVerify",schemaPath:"#/properties/insecureSkipVerify/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
}
else {
const err8 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
validate11.errors = vErrors;
return errors === 0;
}

const schema24 = {"description":"One MLflow server.","type":"object","additionalProperties":false,"required":["uri"],"properties":{"uri":{"description":"Scheme, host, port and base path. The leftmost label of the host may be, or hold, one `*`.","type":"string","examples":["https://mlflow.example.com/base","https://*.staging.example.com"]},"auth":{"$ref":"#/$defs/auth"},"headers":{"$ref":"#/$defs/headers"},"tags":{"$ref":"#/$defs/tags"},"allowInsecure":{"$ref":"#/$defs/allowInsecure"},"tls":{"$ref":"#/$defs/tls"},"anonymous":{"$ref":"#/$defs/anonymous"},"gateway":{"$ref":"#/$defs/gateway"},"connections":{"$ref":"#/$defs/connections"}}};
const pattern3 = new RegExp("^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$", "u");

function validate14(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.uri === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "uri"},message:"must have required property '"+"uri"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!(func2.call(schema24.properties, key0))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.uri !== undefined){
if(typeof data.uri !== "string"){
const err2 = {instancePath:instancePath+"/uri",schemaPath:"#/properties/uri/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.auth !== undefined){
let data1 = data.auth;
if((typeof data1 !== "string") && (!(Array.isArray(data1)))){
const err3 = {instancePath:instancePath+"/auth",schemaPath:"#/$defs/auth/type",keyword:"type",params:{type: schema12.type},message:"must be string,array"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(Array.isArray(data1)){
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
if(typeof data1[i0] !== "string"){
const err4 = {instancePath:instancePath+"/auth/" + i0,schemaPath:"#/$defs/auth/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
}
}
if(data.headers !== undefined){
let data3 = data.headers;
if((typeof data3 !== "string") && (!(Array.isArray(data3)))){
const err5 = {instancePath:instancePath+"/headers",schemaPath:"#/$defs/headers/type",keyword:"type",params:{type: schema13.type},message:"must be string,array"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(Array.isArray(data3)){
const len1 = data3.length;
for(let i1=0; i1<len1; i1++){
if(typeof data3[i1] !== "string"){
const err6 = {instancePath:instancePath+"/headers/" + i1,schemaPath:"#/$defs/headers/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
}
}
if(data.tags !== undefined){
let data5 = data.tags;
if((typeof data5 !== "string") && (!(Array.isArray(data5)))){
const err7 = {instancePath:instancePath+"/tags",schemaPath:"#/$defs/tags/type",keyword:"type",params:{type: schema14.type},message:"must be string,array"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(Array.isArray(data5)){
const len2 = data5.length;
for(let i2=0; i2<len2; i2++){
if(typeof data5[i2] !== "string"){
const err8 = {instancePath:instancePath+"/tags/" + i2,schemaPath:"#/$defs/tags/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
}
}
if(data.allowInsecure !== undefined){
if(typeof data.allowInsecure !== "boolean"){
const err9 = {instancePath:instancePath+"/allowInsecure",schemaPath:"#/$defs/allowInsecure/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
if(data.tls !== undefined){
if(!(validate11(data.tls, {instancePath:instancePath+"/tls",parentData:data,parentDataProperty:"tls",rootData}))){
vErrors = vErrors === null ? validate11.errors : vErrors.concat(validate11.errors);
errors = vErrors.length;
}
}
if(data.anonymous !== undefined){
if("allowed" !== data.anonymous){
const err10 = {instancePath:instancePath+"/anonymous",schemaPath:"#/$defs/anonymous/const",keyword:"const",params:{allowedValue: "allowed"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data.gateway !== undefined){
let data10 = data.gateway;
if(data10 && typeof data10 == "object" && !Array.isArray(data10)){
if(data10.header === undefined){
const err11 = {instancePath:instancePath+"/gateway",schemaPath:"#/$defs/gateway/required",keyword:"required",params:{missingProperty: "header"},message:"must have required property '"+"header"+"'"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
for(const key1 in data10){
if(!(key1 === "header")){
const err12 = {instancePath:instancePath+"/gateway",schemaPath:"#/$defs/gateway/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data10.header !== undefined){
let data11 = data10.header;
if(typeof data11 === "string"){
if(!pattern3.test(data11)){
const err13 = {instancePath:instancePath+"/gateway/header",schemaPath:"#/$defs/gateway/properties/header/pattern",keyword:"pattern",params:{pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$"},message:"must match pattern \""+"^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$"+"\""};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
else {
const err14 = {instancePath:instancePath+"/gateway/header",schemaPath:"#/$defs/gateway/properties/header/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
}
else {
const err15 = {instancePath:instancePath+"/gateway",schemaPath:"#/$defs/gateway/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data.connections !== undefined){
let data12 = data.connections;
if(!(((typeof data12 == "number") && (!(data12 % 1) && !isNaN(data12))) && (isFinite(data12)))){
const err16 = {instancePath:instancePath+"/connections",schemaPath:"#/$defs/connections/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if((typeof data12 == "number") && (isFinite(data12))){
if(data12 > 10000 || isNaN(data12)){
const err17 = {instancePath:instancePath+"/connections",schemaPath:"#/$defs/connections/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10000},message:"must be <= 10000"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if(data12 < 1 || isNaN(data12)){
const err18 = {instancePath:instancePath+"/connections",schemaPath:"#/$defs/connections/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
}
}
else {
const err19 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
validate14.errors = vErrors;
return errors === 0;
}

const schema32 = {"description":"A plugin with its options.","type":"object","additionalProperties":true,"properties":{"plugin":{"description":"The plugin's entry-point name, where the instance has another name.","type":"string"},"package":{"description":"The package to take the plugin from, where several provide that name.","type":"string","pattern":"^(?=.{1,214}$)(?:@[a-z0-9][a-z0-9._~-]*/)?[a-z0-9][a-z0-9._~-]*$","x-expects":"the name of a package, such as `@team/plugin-x`"},"enabled":{"description":"False: as if the instance were not in the file.","type":"boolean","default":true},"optional":{"description":"True: if its headers or tags fail, the request goes on without them, with a warning. Credentials are never optional, so it is refused for a plugin that only authenticates.","type":"boolean","default":false},"timeout":{"description":"How long a caller waits for it. The fetch itself goes on, for the next caller.","$ref":"mlflow-auth:values#/$defs/duration","default":"15s"}}};
const schema33 = {"title":"Duration","description":"A number with a unit: `500ms`, `30s`, `5m` or `1h`.","x-value":"duration","x-expects":"a duration such as 500ms, 30s, 5m or 1h","type":"string","pattern":"^\\d{1,9}(ms|s|m|h)$"};
const pattern6 = new RegExp("^(?=.{1,214}$)(?:@[a-z0-9][a-z0-9._~-]*/)?[a-z0-9][a-z0-9._~-]*$", "u");
const pattern7 = new RegExp("^\\d{1,9}(ms|s|m|h)$", "u");

function validate17(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.plugin !== undefined){
if(typeof data.plugin !== "string"){
const err0 = {instancePath:instancePath+"/plugin",schemaPath:"#/properties/plugin/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.package !== undefined){
let data1 = data.package;
if(typeof data1 === "string"){
if(!pattern6.test(data1)){
const err1 = {instancePath:instancePath+"/package",schemaPath:"#/properties/package/pattern",keyword:"pattern",params:{pattern: "^(?=.{1,214}$)(?:@[a-z0-9][a-z0-9._~-]*/)?[a-z0-9][a-z0-9._~-]*$"},message:"must match pattern \""+"^(?=.{1,214}$)(?:@[a-z0-9][a-z0-9._~-]*/)?[a-z0-9][a-z0-9._~-]*$"+"\""};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
else {
const err2 = {instancePath:instancePath+"/package",schemaPath:"#/properties/package/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.enabled !== undefined){
if(typeof data.enabled !== "boolean"){
const err3 = {instancePath:instancePath+"/enabled",schemaPath:"#/properties/enabled/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.optional !== undefined){
if(typeof data.optional !== "boolean"){
const err4 = {instancePath:instancePath+"/optional",schemaPath:"#/properties/optional/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.timeout !== undefined){
let data4 = data.timeout;
if(typeof data4 === "string"){
if(!pattern7.test(data4)){
const err5 = {instancePath:instancePath+"/timeout",schemaPath:"mlflow-auth:values#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^\\d{1,9}(ms|s|m|h)$"},message:"must match pattern \""+"^\\d{1,9}(ms|s|m|h)$"+"\""};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/timeout",schemaPath:"mlflow-auth:values#/$defs/duration/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
}
else {
const err7 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
validate17.errors = vErrors;
return errors === 0;
}

const pattern5 = new RegExp("^[A-Za-z0-9][A-Za-z0-9._-]*$", "u");

function validate10(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
/*# sourceURL="mlflow-auth:config" */;
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.version === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "version"},message:"must have required property '"+"version"+"'"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!(func2.call(schema11.properties, key0))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.$schema !== undefined){
if(typeof data.$schema !== "string"){
const err2 = {instancePath:instancePath+"/$schema",schemaPath:"#/properties/%24schema/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.version !== undefined){
if(1 !== data.version){
const err3 = {instancePath:instancePath+"/version",schemaPath:"#/properties/version/const",keyword:"const",params:{allowedValue: 1},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.trackingUri !== undefined){
if(typeof data.trackingUri !== "string"){
const err4 = {instancePath:instancePath+"/trackingUri",schemaPath:"#/properties/trackingUri/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.auth !== undefined){
let data3 = data.auth;
if((typeof data3 !== "string") && (!(Array.isArray(data3)))){
const err5 = {instancePath:instancePath+"/auth",schemaPath:"#/$defs/auth/type",keyword:"type",params:{type: schema12.type},message:"must be string,array"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(Array.isArray(data3)){
const len0 = data3.length;
for(let i0=0; i0<len0; i0++){
if(typeof data3[i0] !== "string"){
const err6 = {instancePath:instancePath+"/auth/" + i0,schemaPath:"#/$defs/auth/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
}
}
if(data.headers !== undefined){
let data5 = data.headers;
if((typeof data5 !== "string") && (!(Array.isArray(data5)))){
const err7 = {instancePath:instancePath+"/headers",schemaPath:"#/$defs/headers/type",keyword:"type",params:{type: schema13.type},message:"must be string,array"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(Array.isArray(data5)){
const len1 = data5.length;
for(let i1=0; i1<len1; i1++){
if(typeof data5[i1] !== "string"){
const err8 = {instancePath:instancePath+"/headers/" + i1,schemaPath:"#/$defs/headers/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
}
}
if(data.tags !== undefined){
let data7 = data.tags;
if((typeof data7 !== "string") && (!(Array.isArray(data7)))){
const err9 = {instancePath:instancePath+"/tags",schemaPath:"#/$defs/tags/type",keyword:"type",params:{type: schema14.type},message:"must be string,array"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(Array.isArray(data7)){
const len2 = data7.length;
for(let i2=0; i2<len2; i2++){
if(typeof data7[i2] !== "string"){
const err10 = {instancePath:instancePath+"/tags/" + i2,schemaPath:"#/$defs/tags/items/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
}
}
if(data.allowInsecure !== undefined){
if(typeof data.allowInsecure !== "boolean"){
const err11 = {instancePath:instancePath+"/allowInsecure",schemaPath:"#/$defs/allowInsecure/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data.tls !== undefined){
if(!(validate11(data.tls, {instancePath:instancePath+"/tls",parentData:data,parentDataProperty:"tls",rootData}))){
vErrors = vErrors === null ? validate11.errors : vErrors.concat(validate11.errors);
errors = vErrors.length;
}
}
if(data.anonymous !== undefined){
if("allowed" !== data.anonymous){
const err12 = {instancePath:instancePath+"/anonymous",schemaPath:"#/$defs/anonymous/const",keyword:"const",params:{allowedValue: "allowed"},message:"must be equal to constant"};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data.gateway !== undefined){
let data12 = data.gateway;
if(data12 && typeof data12 == "object" && !Array.isArray(data12)){
if(data12.header === undefined){
const err13 = {instancePath:instancePath+"/gateway",schemaPath:"#/$defs/gateway/required",keyword:"required",params:{missingProperty: "header"},message:"must have required property '"+"header"+"'"};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
for(const key1 in data12){
if(!(key1 === "header")){
const err14 = {instancePath:instancePath+"/gateway",schemaPath:"#/$defs/gateway/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data12.header !== undefined){
let data13 = data12.header;
if(typeof data13 === "string"){
if(!pattern3.test(data13)){
const err15 = {instancePath:instancePath+"/gateway/header",schemaPath:"#/$defs/gateway/properties/header/pattern",keyword:"pattern",params:{pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$"},message:"must match pattern \""+"^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$"+"\""};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
else {
const err16 = {instancePath:instancePath+"/gateway/header",schemaPath:"#/$defs/gateway/properties/header/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
}
else {
const err17 = {instancePath:instancePath+"/gateway",schemaPath:"#/$defs/gateway/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
if(data.connections !== undefined){
let data14 = data.connections;
if(!(((typeof data14 == "number") && (!(data14 % 1) && !isNaN(data14))) && (isFinite(data14)))){
const err18 = {instancePath:instancePath+"/connections",schemaPath:"#/$defs/connections/type",keyword:"type",params:{type: "integer"},message:"must be integer"};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if((typeof data14 == "number") && (isFinite(data14))){
if(data14 > 10000 || isNaN(data14)){
const err19 = {instancePath:instancePath+"/connections",schemaPath:"#/$defs/connections/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10000},message:"must be <= 10000"};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if(data14 < 1 || isNaN(data14)){
const err20 = {instancePath:instancePath+"/connections",schemaPath:"#/$defs/connections/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1},message:"must be >= 1"};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
}
if(data.servers !== undefined){
let data15 = data.servers;
if(Array.isArray(data15)){
if(data15.length < 1){
const err21 = {instancePath:instancePath+"/servers",schemaPath:"#/properties/servers/minItems",keyword:"minItems",params:{limit: 1},message:"must NOT have fewer than 1 items"};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
const len3 = data15.length;
for(let i3=0; i3<len3; i3++){
if(!(validate14(data15[i3], {instancePath:instancePath+"/servers/" + i3,parentData:data15,parentDataProperty:i3,rootData}))){
vErrors = vErrors === null ? validate14.errors : vErrors.concat(validate14.errors);
errors = vErrors.length;
}
}
}
else {
const err22 = {instancePath:instancePath+"/servers",schemaPath:"#/properties/servers/type",keyword:"type",params:{type: "array"},message:"must be array"};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
if(data.plugins !== undefined){
let data17 = data.plugins;
if(data17 && typeof data17 == "object" && !Array.isArray(data17)){
for(const key2 in data17){
const _errs42 = errors;
if(typeof key2 === "string"){
if(!pattern5.test(key2)){
const err23 = {instancePath:instancePath+"/plugins",schemaPath:"#/properties/plugins/propertyNames/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][A-Za-z0-9._-]*$"},message:"must match pattern \""+"^[A-Za-z0-9][A-Za-z0-9._-]*$"+"\"",propertyName:key2};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
var valid17 = _errs42 === errors;
if(!valid17){
const err24 = {instancePath:instancePath+"/plugins",schemaPath:"#/properties/plugins/propertyNames",keyword:"propertyNames",params:{propertyName: key2},message:"property name must be valid"};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
for(const key3 in data17){
if(!(validate17(data17[key3], {instancePath:instancePath+"/plugins/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data17,parentDataProperty:key3,rootData}))){
vErrors = vErrors === null ? validate17.errors : vErrors.concat(validate17.errors);
errors = vErrors.length;
}
}
}
else {
const err25 = {instancePath:instancePath+"/plugins",schemaPath:"#/properties/plugins/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
}
else {
const err26 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
validate10.errors = vErrors;
return errors === 0;
}

