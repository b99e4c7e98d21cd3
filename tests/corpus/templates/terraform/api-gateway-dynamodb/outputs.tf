output "base_url" {
  description = "Base URL for API Gateway."
  value       = aws_apigatewayv2_api.http.api_endpoint
}
